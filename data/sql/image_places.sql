-- Class, slot and id of every image.
-- in:   $files VARCHAR[] of images
-- out:  class INTEGER, slot INTEGER, image INTEGER, id VARCHAR, ordered by class, slot
-- cost: reads four columns whole, 20 bytes an image
SELECT class, slot, image, id
FROM read_parquet($files, hive_partitioning = false)
ORDER BY class, slot
