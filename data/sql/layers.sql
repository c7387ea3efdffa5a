-- The module tree: layers and the modules that hold them.
-- in:   $files VARCHAR[] of layers
-- out:  layer INTEGER, parent INTEGER, kind VARCHAR, name VARCHAR, type VARCHAR, order INTEGER,
--       neurons INTEGER, weights BIGINT, shape INTEGER[], activation VARCHAR, tied_to INTEGER,
--       frozen BOOLEAN, group VARCHAR, ordered by layer
-- cost: one small file
SELECT
    layer, parent, kind, name, type, "order", neurons, weights, shape, activation, tied_to, frozen,
    "group"
FROM read_parquet($files, hive_partitioning = false)
ORDER BY layer
