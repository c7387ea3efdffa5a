-- One image: what it is and where it came from.
-- in:   $files VARCHAR[] of images, $image INTEGER
-- out:  image INTEGER, split VARCHAR, class INTEGER, slot INTEGER, id VARCHAR, path VARCHAR
-- cost: reads one column whole
SELECT image, split, class, slot, id, path
FROM read_parquet($files, hive_partitioning = false)
WHERE image = $image
