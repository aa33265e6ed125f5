"""The functions and types a query may use; whatever is not listed is refused.

Left out on purpose: everything that reads files, settings, the catalog, the clock,
variables or other queries, that draws random numbers, that has side effects, or that
makes a value of any size from a small one (repeat, lpad, list_resize).
"""

from __future__ import annotations

from typing import Any


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


OPERATORS = names(
    "+ - * / // % ^ ** || & | << >> ~ ~~ !~~ ~~* !~~* ~~~ ^@ @ -> ->> && @> <@ = != <"
    " <= > >= __between"
)

AGGREGATES = names(
    "any_value approx_count_distinct approx_quantile arg_max arg_max_null arg_min"
    " arg_min_null arbitrary array_agg avg bit_and bit_or bit_xor bool_and bool_or corr"
    " count count_if count_star countif covar_pop covar_samp entropy favg first fsum"
    " geomean geometric_mean group_concat kahan_sum kurtosis kurtosis_pop last list"
    " listagg mad max max_by mean median min min_by mode product quantile quantile_cont"
    " quantile_disc regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope"
    " regr_sxx regr_sxy regr_syy sem skewness stddev stddev_pop stddev_samp string_agg"
    " sum sumkahan var_pop var_samp variance wavg weighted_avg"
)

WINDOWS = names(
    "row_number rank dense_rank rank_dense percent_rank cume_dist ntile lag lead"
    " first_value last_value nth_value fill"
)

NUMBERS = names(
    "abs acos add asin atan atan2 cbrt ceil ceiling cos cot degrees divide even exp"
    " floor fdiv fmod gamma gcd greatest greatest_common_divisor isfinite isinf isnan"
    " lcm least least_common_multiple lgamma ln log log10 log2 mod multiply nextafter"
    " pi pow power radians round round_even roundbankers sign signbit sin sqrt"
    " subtract tan trunc bit_count xor hash"
)

DATES = names(
    "century date_add date_diff date_part date_sub date_trunc datediff datepart"
    " datesub datetrunc day dayname dayofmonth dayofweek dayofyear days_in_month decade"
    " epoch epoch_ms epoch_ns epoch_us era hour isodow isoyear julian last_day"
    " make_date make_time make_timestamp make_timestamptz millennium millisecond minute"
    " microsecond month monthname quarter second strftime strptime time_bucket timezone"
    " timezone_hour timezone_minute to_centuries to_days to_decades to_hours"
    " to_microseconds to_millennia to_milliseconds to_minutes to_months to_quarters"
    " to_seconds to_timestamp to_weeks to_years try_strptime week weekday weekofyear"
    " year yearweek"
)

TEXTS = names(
    "array_extract ascii bit_length char_length character_length chr concat concat_ws"
    " contains damerau_levenshtein editdist3 ends_with format greatest hamming"
    " ilike_escape instr jaccard jaro_similarity jaro_winkler_similarity lcase left"
    " left_grapheme length len length_grapheme levenshtein like_escape lower ltrim md5"
    " mismatches nfc_normalize not_ilike_escape not_like_escape octet_length ord"
    " overlay position prefix regexp_escape regexp_extract regexp_extract_all"
    " regexp_full_match regexp_matches regexp_replace regexp_split_to_array replace"
    " reverse right right_grapheme rtrim sha256 split split_part starts_with str_split"
    " str_split_regex string_split string_split_regex string_to_array strip_accents"
    " strlen strpos substr substring substring_grapheme suffix translate trim ucase"
    " unicode upper url_decode url_encode"
)

NESTED = names(
    "apply array_aggregate array_append array_apply array_cat array_concat"
    " array_contains array_distinct array_filter array_has array_has_all array_has_any"
    " array_indexof array_intersect array_length array_position array_prepend"
    " array_reduce array_reverse array_reverse_sort array_select array_slice array_sort"
    " array_to_string array_transform array_unique array_value array_where array_zip"
    " cardinality element_at filter flatten generate_series grade_up json_array_length"
    " json_contains json_exists json_extract json_extract_path json_extract_path_text"
    " json_extract_string json_keys json_type json_valid json_value list_aggregate"
    " list_any_value list_append list_apply list_avg list_bool_and list_bool_or"
    " list_cat list_concat list_contains list_count list_distinct list_element"
    " list_extract list_filter list_first list_grade_up list_has list_has_all"
    " list_has_any list_indexof list_intersect list_last list_max list_median list_min"
    " list_mode list_pack list_position list_prepend list_product list_reduce"
    " list_reverse list_reverse_sort list_select list_slice list_sort list_string_agg"
    " list_sum list_transform list_unique list_value list_where list_zip map"
    " map_concat map_contains map_entries map_extract map_extract_value"
    " map_from_entries map_keys map_values range reduce row struct_concat"
    " struct_contains struct_extract struct_extract_at struct_has struct_insert"
    " struct_keys struct_pack struct_position struct_update struct_values"
    " unnest"
)

CHOICES = names("coalesce error if ifnull nullif switch typeof constant_or_null")

FUNCTIONS = (
    OPERATORS | AGGREGATES | WINDOWS | NUMBERS | DATES | TEXTS | NESTED | CHOICES
) - {"list_aggregate", "array_aggregate"}
"""Names in lower case. list_aggregate is out: it calls any aggregate by its name."""

TABLE_FUNCTIONS = frozenset({"unnest", "range", "generate_series"})

TYPES = names(
    "bigint bit blob bool boolean bpchar char date datetime dec decimal double float"
    " float4 float8 hugeint int int1 int2 int4 int8 int16 int32 int64 integer interval"
    " json list logical long map null numeric nvarchar real row short signed smallint"
    " string struct text time timestamp timestamp_ms timestamp_ns timestamp_s"
    " timestamptz timetz tinyint ubigint uhugeint uinteger usmallint utinyint uuid"
    " varchar array"
) | {"timestamp with time zone", "time with time zone", "double precision"}

CLOCK = names(
    "current_catalog current_database current_date current_localtime"
    " current_localtimestamp current_query current_role current_schema current_time"
    " current_timestamp current_user get_current_time get_current_timestamp localtime"
    " localtimestamp now session_user today transaction_timestamp user"
)
"""Bare words that are functions: of the clock and of the session."""

PERSONS = frozenset({"person_id", "visitor_id", "unit_id", "referred_person_id"})
"""Columns that stand for one human; grouping by them looks across rows."""


def plain_name(name: Any) -> str:
    """Return a name in lower case as DuckDB compares names: letters of ASCII only.

    Python would take the sign of Kelvin for a k, and a step for a table of the catalog.
    """
    return str(name).encode("utf-8", "surrogatepass").lower().decode("utf-8", "replace")
