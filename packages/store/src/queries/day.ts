/**
 * Conditions that let ClickHouse skip whole partitions. Every table is partitioned by the day of
 * the append, people ask by event time, and an event counted in its own minute lies between 7 days
 * before its append and 1 hour after.
 */

/** Days at or after `{sinceSecond}`, Unix seconds. */
export const sinceDay = "day >= toDate(toDateTime({sinceSecond:UInt32}, 'UTC'))";

/** Days on which rows of the minutes `{fromMinute}` to `{toMinute}` (exclusive) can have been appended. */
export const daysOfMinutes = `day >= toDate(toDateTime({fromMinute:UInt32} * 60 - 3600, 'UTC'))
       AND day <= toDate(toDateTime({toMinute:UInt32} * 60 + 7 * 86400, 'UTC'))`;
