-- The results of every class over a window of steps (DeepTracker's index I_cs).
-- in:   $files VARCHAR[] of class_stat, $first BIGINT, $last BIGINT (both included)
-- out:  step BIGINT, class INTEGER, n INTEGER, right INTEGER, loss FLOAT, score_mean DOUBLE,
--       bad BOOLEAN, ordered by class, step; score_mean over finite scores, bad: none is finite
-- cost: reads no per-image list but the scores, where there are any
SELECT
    step,
    class,
    n,
    "right",
    loss,
    list_avg(list_filter(score, lambda each: isfinite(each))) AS score_mean,
    coalesce(n > 0 AND len(score) > 0, false) AND score_mean IS NULL AS bad
FROM read_parquet($files, hive_partitioning = false)
WHERE step BETWEEN $first AND $last
ORDER BY class, step
