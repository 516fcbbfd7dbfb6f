//! Why a record is refused.

use core::fmt;

/// Why a record is refused. Where several apply, the first in this order is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reject {
    /// The line is longer than [`MAX_LINE_BYTES`](crate::MAX_LINE_BYTES).
    TooLong,
    /// The line is not a JSON object in UTF-8.
    BadJson,
    /// `type` is missing or unknown.
    BadType,
    /// A key that the type needs is missing.
    MissingKey,
    /// A value of the wrong JSON type, an empty name or one over 1 KiB, several prices, a negative limit, and the like.
    BadValue,
    /// A price out of range.
    BadPrice,
    /// A line that is no multiple of 0.001 within ±2,000,000, that the market's shape does not have, or that it lacks.
    BadLine,
    /// A market type that is not built in and that no `market` record has defined.
    UnknownMarketShape,
    /// A `market` record whose outcomes differ from those known.
    MarketConflict,
    /// An outcome that the market does not have.
    UnknownOutcome,
    /// A fixture that was never seen, in a record that needs one.
    UnknownFixture,
    /// The fixture ended or was forgotten.
    RetiredFixture,
    /// A name more than the catalog's [limits](crate::Limits) allow.
    TooMany,
    /// A name whose key is that of another: nothing could tell them apart.
    KeyCollision,
}

impl Reject {
    /// All reasons, in the order in which they are tried.
    pub const ALL: [Self; 14] = [
        Self::TooLong,
        Self::BadJson,
        Self::BadType,
        Self::MissingKey,
        Self::BadValue,
        Self::BadPrice,
        Self::BadLine,
        Self::UnknownMarketShape,
        Self::MarketConflict,
        Self::UnknownOutcome,
        Self::UnknownFixture,
        Self::RetiredFixture,
        Self::TooMany,
        Self::KeyCollision,
    ];

    /// The name in formats: `too_long`, `bad_json`, ….
    ///
    /// ```
    /// assert_eq!(overround_feed::Reject::BadLine.name(), "bad_line");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::BadJson => "bad_json",
            Self::BadType => "bad_type",
            Self::MissingKey => "missing_key",
            Self::BadValue => "bad_value",
            Self::BadPrice => "bad_price",
            Self::BadLine => "bad_line",
            Self::UnknownMarketShape => "unknown_market_shape",
            Self::MarketConflict => "market_conflict",
            Self::UnknownOutcome => "unknown_outcome",
            Self::UnknownFixture => "unknown_fixture",
            Self::RetiredFixture => "retired_fixture",
            Self::TooMany => "too_many",
            Self::KeyCollision => "key_collision",
        }
    }
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl core::error::Error for Reject {}

#[cfg(test)]
mod tests {
    use super::Reject;

    /// As the format's description lists them, then those of the limits.
    #[test]
    fn reasons_are_known_by_their_names_in_their_order() {
        let names = "too_long bad_json bad_type missing_key bad_value bad_price bad_line unknown_market_shape market_conflict \
                     unknown_outcome unknown_fixture retired_fixture too_many key_collision";
        assert_eq!(Reject::ALL.map(|reason| reason.to_string()).join(" "), names);
        assert_eq!(Reject::ALL.map(Reject::name).join(" "), names);
        assert!(Reject::ALL.is_sorted());
    }
}
