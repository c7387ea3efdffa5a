-- Which images of each class were right at every validation, as bits.
-- in:   $files VARCHAR[] of class_stat
-- out:  class INTEGER, step BIGINT, bits UBIGINT[], in no order; lists are words, bit i is slot i
-- cost: reads the bits of the whole run: an eighth of a byte per image and step; to sort the rows
--       would take longer than to read them
SELECT class, step, bits
FROM read_parquet($files, hive_partitioning = false)
WHERE bits IS NOT NULL
