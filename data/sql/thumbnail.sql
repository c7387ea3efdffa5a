-- The picture of one image.
-- in:   $files VARCHAR[] of thumbnails, $image INTEGER
-- out:  image INTEGER, format VARCHAR, bytes BLOB
-- cost: reads one row group
SELECT image, format, bytes
FROM read_parquet($files, hive_partitioning = false)
WHERE image = $image
