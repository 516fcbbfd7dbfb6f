//! Dense ids and stable keys.
//!
//! Ids are small integers that whoever feeds the engine hands out densely from zero (the catalog of `overround-feed` does);
//! the engine indexes arrays with them. [`Key`]s are hashes of names: stable across runs, machines and feeds.

use core::fmt;
use twox_hash::XxHash3_64;

macro_rules! dense_id {
    ($(#[$doc:meta])* $name:ident, $inner:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub struct $name(pub $inner);

        impl $name {
            /// The id as an array index.
            #[inline]
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }

            /// The id of an array index.
            #[allow(dead_code, reason = "not every id is made from an index")]
            pub(crate) fn at(index: usize) -> Self {
                Self(index.try_into().expect("whatever has an id was given one that fits"))
            }
        }
    };
}

dense_id!(
    /// One contest.
    FixtureId,
    u32
);
dense_id!(
    /// One question with a complete list of outcomes, at one line.
    MarketId,
    u32
);
dense_id!(
    /// The markets of one fixture, market type, period and participant, which differ only in line.
    ///
    /// Numbered in the order of their first accepted record: this number orders the engine's outputs within an instant.
    FamilyId,
    u32
);
dense_id!(
    /// A source of prices: bookmaker, exchange or prediction market.
    BookmakerId,
    u32
);
dense_id!(
    /// A connection or provider that records came by.
    FeedId,
    u16
);
dense_id!(
    /// A bettor's view, an index into the configured profiles.
    ProfileId,
    u16
);
dense_id!(
    /// Position of an outcome in its market's list.
    OutcomeIndex,
    u16
);

/// The 64-bit xxh3 (seed 0) of a name's UTF-8 bytes; [`Key::NONE`] (0) where there is no name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub u64);

impl Key {
    /// No name.
    pub const NONE: Self = Self(0);

    /// The key of a name.
    ///
    /// ```
    /// use overround::Key;
    /// assert_eq!(Key::of("").0, 0x2d06_8005_38d3_94c2); // xxh3 of no bytes; only an absent name is `Key::NONE`
    /// ```
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self::of_bytes(name.as_bytes())
    }

    /// The key of a name that is given as bytes.
    #[must_use]
    pub fn of_bytes(name: &[u8]) -> Self {
        Self(XxHash3_64::oneshot(name))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// In human-readable formats a key is written as 16 hexadecimal digits after a `#` and read from those or from the name itself.
#[cfg(feature = "serde")]
mod serde_impl {
    use super::Key;
    use alloc::format;
    use core::fmt;
    use serde::de::{Deserialize, Deserializer, Error, Visitor};
    use serde::ser::{Serialize, Serializer};

    impl Serialize for Key {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.serialize_str(&format!("#{self}"))
        }
    }

    impl<'de> Deserialize<'de> for Key {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_str(KeyVisitor)
        }
    }

    struct KeyVisitor;

    impl Visitor<'_> for KeyVisitor {
        type Value = Key;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a name")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Key, E> {
            if text.is_empty() {
                return Err(E::custom("an empty name"));
            }
            if let Some(hex) = text.strip_prefix('#').filter(|hex| hex.len() == 16)
                && let Ok(value) = u64::from_str_radix(hex, 16)
            {
                return Ok(Key(value));
            }
            Ok(Key::of(text))
        }
    }
}

/// Identity of an opportunity, stable across price moves, runs and machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpportunityId(pub u64);

impl fmt::Display for OpportunityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
