//! What `explain` and `why-not` share: playing a feed up to a moment, names, and how reasons are written.

pub(super) mod json;
mod names;
mod playback;
pub(super) mod prose;

pub(super) use names::Names;
pub(super) use playback::Playback;

use crate::failure::Failure;
use overround::Timestamp;

/// A moment given on the command line: microseconds since the Unix epoch, or RFC 3339.
pub(super) fn moment(text: &str) -> Result<Timestamp, Failure> {
    let bad = || {
        Failure::Usage(format!(
            "--at {text}: not a moment; write microseconds since the Unix epoch, or 2026-08-07T18:30:00Z"
        ))
    };
    if let Ok(us) = text.parse::<i64>() {
        return Ok(Timestamp(us));
    }
    let parsed: jiff::Timestamp = text.parse().map_err(|_| bad())?;
    Ok(Timestamp(parsed.as_microsecond()))
}

/// A moment for people, in UTC, with the microseconds that feeds and events have.
pub(super) fn moment_text(ts: Timestamp) -> String {
    match jiff::Timestamp::from_microsecond(ts.0) {
        Ok(time) => format!("{time} ({})", ts.0),
        Err(_) => ts.0.to_string(),
    }
}

/// Names that were looked for and are not there: what there is instead.
pub(super) fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Failure {
    const SHOWN: usize = 20;
    let mut known: Vec<&str> = known.collect();
    // What looks like it first.
    let first_word = |text: &str| text.split_whitespace().next().unwrap_or_default().to_lowercase();
    let wanted = first_word(name);
    let is_unlike = |other: &str| {
        let other = first_word(other);
        !(other.contains(&wanted) || (!other.is_empty() && wanted.contains(&other)))
    };
    known.sort_by_key(|other| is_unlike(other));
    let more = known.len().saturating_sub(SHOWN);
    let list = known.iter().take(SHOWN).copied().collect::<Vec<&str>>().join(", ");
    let rest = match (list.is_empty(), more) {
        (true, _) => "there is none".to_owned(),
        (false, 0) => format!("there is {list}"),
        (false, more) => format!("there is {list}, and {more} more"),
    };
    Failure::Usage(format!("no {what} \"{name}\" in the feed up to that moment; {rest}"))
}
