//! Times as other formats write them.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use overround::Timestamp;

/// A time in RFC 3339, such as `2025-11-07T01:15:00Z`; `None` for any other text and for times that do not fit.
///
/// ```
/// use overround::Timestamp;
/// use overround_feed::adapters::parse_rfc3339;
/// assert_eq!(parse_rfc3339("1970-01-01T01:00:01.5+01:00"), Some(Timestamp(1_500_000)));
/// assert_eq!(parse_rfc3339("1970-01-01"), None);
/// ```
#[must_use]
pub fn parse_rfc3339(text: &str) -> Option<Timestamp> {
    text.parse::<jiff::Timestamp>().ok().map(|time| Timestamp(time.as_microsecond()))
}

/// A date as football-data writes it: `dd/mm/yy` or `dd/mm/yyyy`; of two digits 69 to 99 are of the last century.
pub(super) fn parse_uk_date(text: &str) -> Option<Date> {
    let mut parts = text.split('/');
    let [day, month, year] = [parts.next()?, parts.next()?, parts.next()?].map(parse_digits);
    if parts.next().is_some() {
        return None;
    }
    let year = match (text.rsplit('/').next()?.len(), year?) {
        (2, year @ 69..) => 1900 + year,
        (2, year) => 2000 + year,
        (4, year) => year,
        _ => return None,
    };
    Date::new(year, i8::try_from(month?).ok()?, i8::try_from(day?).ok()?).ok()
}

/// A time of day: `hh:mm`.
pub(super) fn parse_time_of_day(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    Time::new(i8::try_from(parse_digits(hour)?).ok()?, i8::try_from(parse_digits(minute)?).ok()?, 0, 0).ok()
}

fn parse_digits(text: &str) -> Option<i16> {
    if text.len() > 4 || !text.bytes().all(|byte| byte.is_ascii_digit()) { None } else { text.parse().ok() }
}

/// A time in UTC.
pub(super) fn utc(time: DateTime) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(time).ok().map(|time| Timestamp(time.as_microsecond()))
}

/// A UK local time by the EU's rule, which the UK follows: summer time from the last Sunday of March, 01:00 UTC, to that of October.
/// No time zone data is looked at. Of the hour that comes twice the first is meant; one that never comes is read as winter time.
pub(super) fn uk_local(time: DateTime) -> Option<Timestamp> {
    let summer = [3, 10].map(|month| last_sunday(time.year(), month).map(|day| day.at(1, 0, 0, 0)));
    let [Some(begin), Some(end)] = summer else { return None };
    let an_hour_before = time.checked_sub(1.hour()).ok()?;
    utc(if (begin..end).contains(&an_hour_before) { an_hour_before } else { time })
}

fn last_sunday(year: i16, month: i8) -> Option<Date> {
    let last = Date::new(year, month, 1).ok()?.last_of_month();
    let past = i64::from(last.weekday().since(Weekday::Sunday));
    last.checked_sub(Span::new().days(past)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn rfc_3339_is_read_and_nothing_else() {
        for (text, us) in [
            ("2025-11-07T01:15:00Z", Some(1_762_478_100_000_000)),
            ("2026-04-16T18:59:53.170159+00:00", Some(1_776_365_993_170_159)),
            ("2025-11-07t01:15:00z", Some(1_762_478_100_000_000)),
            ("1969-12-31T23:59:59.999999Z", Some(-1)),
            ("2025-11-07T01:15:00", None),
            ("2025-11-07", None),
            ("2025-13-07T01:15:00Z", None),
            ("1762478100", None),
            ("", None),
        ] {
            assert_eq!(parse_rfc3339(text), us.map(Timestamp), "{text}");
        }
    }

    #[test]
    fn dates_have_two_or_four_digits_of_year() {
        for (text, expected) in [
            ("06/08/10", Some(date(2010, 8, 6))),
            ("16/08/2024", Some(date(2024, 8, 16))),
            ("14/08/93", Some(date(1993, 8, 14))),
            ("1/2/05", Some(date(2005, 2, 1))),
            ("31/02/10", None),
            ("06/08/010", None),
            ("06/08", None),
            ("06/08/10/1", None),
            ("-6/08/10", None),
            ("", None),
        ] {
            assert_eq!(parse_uk_date(text), expected, "{text}");
        }
    }

    #[test]
    fn times_of_day_are_hours_and_minutes() {
        assert_eq!(parse_time_of_day("20:00"), Some(jiff::civil::time(20, 0, 0, 0)));
        for text in ["24:00", "20:60", "20", "20:00:00", "8pm", ""] {
            assert_eq!(parse_time_of_day(text), None, "{text}");
        }
    }

    #[test]
    fn uk_time_is_an_hour_ahead_in_summer() {
        // Changes of 2024: 31 March and 27 October; of 2025: 30 March and 26 October (gov.uk/when-do-the-clocks-change).
        for (local, utc_hour) in [
            (date(2024, 3, 30).at(15, 0, 0, 0), 15),
            (date(2024, 3, 31).at(0, 59, 0, 0), 0),
            (date(2024, 3, 31).at(2, 0, 0, 0), 1),
            (date(2024, 3, 31).at(15, 0, 0, 0), 14),
            (date(2024, 8, 16).at(20, 0, 0, 0), 19),
            (date(2024, 10, 26).at(15, 0, 0, 0), 14),
            (date(2024, 10, 27).at(0, 59, 0, 0), 23),
            (date(2024, 10, 27).at(2, 0, 0, 0), 2),
            (date(2024, 12, 26).at(15, 0, 0, 0), 15),
            (date(2025, 3, 29).at(15, 0, 0, 0), 15),
            (date(2025, 3, 30).at(15, 0, 0, 0), 14),
            (date(2025, 10, 25).at(15, 0, 0, 0), 14),
            (date(2025, 10, 26).at(15, 0, 0, 0), 15),
        ] {
            let us = uk_local(local).unwrap().0;
            assert_eq!(us / 3_600_000_000 % 24, utc_hour, "{local}");
            assert_eq!(us % 3_600_000_000 / 60_000_000, i64::from(local.minute()), "{local}");
        }
    }
}
