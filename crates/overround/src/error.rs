//! Typed errors: whose fault, and what to do.

use core::fmt;

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
