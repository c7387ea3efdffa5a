-- The images of one class in the order of their bits.
-- in:   $files VARCHAR[] of images, $class INTEGER
-- out:  image INTEGER, slot INTEGER, id VARCHAR, ordered by slot
-- cost: skips the row groups of other classes
SELECT image, slot, id
FROM read_parquet($files, hive_partitioning = false)
WHERE class = $class
ORDER BY slot
