-- How many parameters the layers in each file of the module tree have, tied ones counted once.
-- in:   $files VARCHAR[] of layers
-- out:  filename VARCHAR, parameters BIGINT, ordered by filename
-- cost: one small file per run; asked once per file
SELECT
    filename,
    sum(weights) FILTER (kind = 'layer' AND tied_to IS NULL)::BIGINT AS parameters
FROM read_parquet($files, hive_partitioning = false)
GROUP BY filename
ORDER BY filename
