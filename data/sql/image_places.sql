-- Class and slot of every image.
-- in:   $files VARCHAR[] of images
-- out:  class INTEGER, slot INTEGER, image INTEGER, ordered by class, slot
-- cost: reads three columns whole
SELECT class, slot, image
FROM read_parquet($files, hive_partitioning = false)
ORDER BY class, slot
