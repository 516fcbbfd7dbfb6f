//! Typed errors: whose fault, and what to do.

use core::fmt;
use overround_math::stakes::StakeError;

/// Why an odds event was refused. State, digest and output are as they were.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventError {
    /// A bookmaker id that was not defined.
    UnknownBookmaker,
    /// A fixture id that was not defined.
    UnknownFixture,
    /// A market id that was not defined.
    UnknownMarket,
    /// An outcome index outside its market's list.
    UnknownOutcome,
    /// The fixture ended or was forgotten.
    RetiredFixture,
    /// A definition that contradicts an earlier one of the same id, or whose id is not the next dense one.
    Conflict,
    /// A market definition without two distinct outcomes, or with a line where its shape has none (or the reverse).
    BadMarket,
    /// An active quote without a price.
    MissingPrice,
    /// A limit that is negative or not finite.
    BadLimit,
    /// A filter that names neither a bookmaker nor a fixture.
    EmptyFilter,
    /// A configuration that cannot be used.
    BadConfig(ConfigError),
}

impl EventError {
    /// Names of all reasons, for counting.
    pub const NAMES: [&'static str; 11] = [
        "unknown_bookmaker",
        "unknown_fixture",
        "unknown_market",
        "unknown_outcome",
        "retired_fixture",
        "conflict",
        "bad_market",
        "missing_price",
        "bad_limit",
        "empty_filter",
        "bad_config",
    ];

    /// The place of its name in [`NAMES`](Self::NAMES).
    #[must_use]
    pub const fn place(&self) -> usize {
        match self {
            Self::UnknownBookmaker => 0,
            Self::UnknownFixture => 1,
            Self::UnknownMarket => 2,
            Self::UnknownOutcome => 3,
            Self::RetiredFixture => 4,
            Self::Conflict => 5,
            Self::BadMarket => 6,
            Self::MissingPrice => 7,
            Self::BadLimit => 8,
            Self::EmptyFilter => 9,
            Self::BadConfig(_) => 10,
        }
    }

    /// Its name, in lower case with underscores.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        Self::NAMES[self.place()]
    }
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownBookmaker => f.write_str("a bookmaker that was not defined: send its definition first"),
            Self::UnknownFixture => f.write_str("a fixture that was not defined: send its definition first"),
            Self::UnknownMarket => f.write_str("a market that was not defined: send its definition first"),
            Self::UnknownOutcome => f.write_str("an outcome that the market does not have"),
            Self::RetiredFixture => f.write_str("the fixture ended or was forgotten"),
            Self::Conflict => f.write_str("a definition that contradicts an earlier one, or skips an id"),
            Self::BadMarket => {
                f.write_str("a market needs two distinct outcomes, and a line exactly where its shape has one")
            }
            Self::MissingPrice => f.write_str("an active quote needs a price"),
            Self::BadLimit => f.write_str("a limit must be finite and not negative"),
            Self::EmptyFilter => f.write_str("a filter must name a bookmaker or a fixture"),
            Self::BadConfig(error) => write!(f, "configuration: {error}"),
        }
    }
}

impl core::error::Error for EventError {}

/// Why a configuration cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConfigError {
    /// A number that must be finite and in range is not; names the key.
    OutOfRange(&'static str),
    /// A bookmaker stands in two groups.
    OverlappingGroups,
    /// A bookmaker stands twice in a list; names the key.
    Duplicate(&'static str),
    /// Two profiles have one name.
    DuplicateProfile,
    /// More profiles than an id can hold.
    TooManyProfiles,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange(key) => write!(f, "`{key}` is out of range"),
            Self::OverlappingGroups => f.write_str("`fair.groups`: a bookmaker may stand in one group only"),
            Self::Duplicate(key) => write!(f, "`{key}`: a bookmaker is listed twice"),
            Self::DuplicateProfile => f.write_str("`profile`: two profiles have one name"),
            Self::TooManyProfiles => f.write_str("`profile`: more than 65,535 profiles"),
        }
    }
}

impl core::error::Error for ConfigError {}

/// Why bytes could not be made an engine again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RestoreError {
    /// They do not begin as a snapshot does.
    NotASnapshot,
    /// They are of another version of the format.
    Version {
        /// The version found.
        found: u32,
    },
    /// They were cut or changed, or hold what no engine writes.
    Damaged,
}

impl fmt::Display for RestoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotASnapshot => f.write_str("not a snapshot of an engine"),
            Self::Version { found } => write!(
                f,
                "a snapshot of version {found}, but this is version {}: feed the journal to a new engine instead",
                crate::engine::SNAPSHOT_VERSION
            ),
            Self::Damaged => f.write_str("the snapshot is damaged: cut, changed, or not written by an engine"),
        }
    }
}

impl core::error::Error for RestoreError {}

/// Why a bet cannot be covered.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum HedgeError {
    /// The opportunity is not told as open for the profile.
    NotOpen,
    /// It has no leg with that number.
    NoSuchLeg,
    /// An outcome has no price any more.
    NoPrice,
    /// No stakes fit, see [`StakeError`].
    Stakes(StakeError),
}

impl fmt::Display for HedgeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOpen => f.write_str("the opportunity is not open for this profile"),
            Self::NoSuchLeg => f.write_str("the opportunity has no leg with that number"),
            Self::NoPrice => f.write_str("an outcome that the bet does not cover has no price any more"),
            Self::Stakes(error) => write!(f, "stakes: {error}"),
        }
    }
}

impl core::error::Error for HedgeError {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;
    use alloc::string::ToString;

    const EVENT_ERRORS: [EventError; 11] = [
        EventError::UnknownBookmaker,
        EventError::UnknownFixture,
        EventError::UnknownMarket,
        EventError::UnknownOutcome,
        EventError::RetiredFixture,
        EventError::Conflict,
        EventError::BadMarket,
        EventError::MissingPrice,
        EventError::BadLimit,
        EventError::EmptyFilter,
        EventError::BadConfig(ConfigError::OutOfRange("ev.min")),
    ];

    #[test]
    fn every_refusal_has_a_place_a_name_and_a_text_of_its_own() {
        assert_eq!(EVENT_ERRORS.map(|error| error.name()), EventError::NAMES);
        let texts: BTreeSet<_> = EVENT_ERRORS.iter().map(ToString::to_string).collect();
        assert_eq!(texts.len(), EVENT_ERRORS.len());
        for error in EVENT_ERRORS {
            let variant = alloc::format!("{error:?}").to_lowercase();
            assert!(variant.starts_with(&error.name().replace('_', "")), "{error:?} is called {}", error.name());
        }
        assert_eq!(EVENT_ERRORS[0].to_string(), "a bookmaker that was not defined: send its definition first");
        assert_eq!(EVENT_ERRORS[10].to_string(), "configuration: `ev.min` is out of range");
    }

    #[test]
    fn errors_of_a_configuration_name_the_key() {
        for (error, text) in [
            (ConfigError::OutOfRange("ev.min"), "`ev.min` is out of range"),
            (ConfigError::OverlappingGroups, "`fair.groups`: a bookmaker may stand in one group only"),
            (ConfigError::Duplicate("fair.anchors"), "`fair.anchors`: a bookmaker is listed twice"),
            (ConfigError::DuplicateProfile, "`profile`: two profiles have one name"),
            (ConfigError::TooManyProfiles, "`profile`: more than 65,535 profiles"),
        ] {
            assert_eq!(error.to_string(), text);
        }
    }

    #[test]
    fn errors_of_hedges_and_snapshots_say_what_is_missing() {
        for (error, text) in [
            (HedgeError::NotOpen, "the opportunity is not open for this profile"),
            (HedgeError::NoSuchLeg, "the opportunity has no leg with that number"),
            (HedgeError::NoPrice, "an outcome that the bet does not cover has no price any more"),
            (HedgeError::Stakes(StakeError::TooFewLegs), "stakes: at least two prices are needed"),
        ] {
            assert_eq!(error.to_string(), text);
        }
        assert_eq!(RestoreError::NotASnapshot.to_string(), "not a snapshot of an engine");
        assert!(RestoreError::Damaged.to_string().starts_with("the snapshot is damaged"));
    }
}
