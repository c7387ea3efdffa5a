-- The mean score of every class over a window of steps, of runs that score images.
-- in:   $files VARCHAR[] of class_stat, $first BIGINT, $last BIGINT (both included)
-- out:  step BIGINT, class INTEGER, score_mean DOUBLE, bad BOOLEAN, in no order; score_mean over
--       finite scores, bad: none is finite
-- cost: reads the scores of all images
SELECT
    step,
    class,
    list_avg(list_filter(score, lambda each: isfinite(each))) AS score_mean,
    coalesce(n > 0 AND len(score) > 0, false) AND score_mean IS NULL AS bad
FROM read_parquet($files, hive_partitioning = false)
WHERE step BETWEEN $first AND $last
