-- Everything recorded of one filter over the steps.
-- in:   $files VARCHAR[] of filter_stat, $layer INTEGER, $filter INTEGER (from 0)
-- out:  series VARCHAR, step BIGINT, previous_step BIGINT, mean FLOAT, sd FLOAT, min FLOAT, max FLOAT,
--       l2 FLOAT, change FLOAT, relative FLOAT, gradient_l2 FLOAT, activation_mean FLOAT,
--       activation_max FLOAT, active_share FLOAT, ordered by series, step
-- cost: skips the row groups of other layers
SELECT
    series,
    step,
    previous_step,
    mean[$filter + 1] AS mean,
    sd[$filter + 1] AS sd,
    min[$filter + 1] AS min,
    max[$filter + 1] AS max,
    l2[$filter + 1] AS l2,
    change[$filter + 1] AS change,
    relative[$filter + 1] AS relative,
    gradient_l2[$filter + 1] AS gradient_l2,
    activation_mean[$filter + 1] AS activation_mean,
    activation_max[$filter + 1] AS activation_max,
    active_share[$filter + 1] AS active_share
FROM read_parquet($files, hive_partitioning = false)
WHERE layer = $layer
ORDER BY series, step
