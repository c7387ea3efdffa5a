-- The classes of the logged images.
-- in:   $files VARCHAR[] of classes
-- out:  class INTEGER, name VARCHAR, images INTEGER, ordered by class
-- cost: one small file
SELECT class, name, images
FROM read_parquet($files, hive_partitioning = false)
ORDER BY class
