-- Every image that has a picture.
-- in:   $files VARCHAR[] of thumbnails
-- out:  image INTEGER, ordered by image
-- cost: reads one column, not the pictures
SELECT image
FROM read_parquet($files, hive_partitioning = false)
ORDER BY image
