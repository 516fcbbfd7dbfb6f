//! Lines of handicaps and totals.

use core::ops::Neg;

/// The number of a handicap or total, in integer thousandths, within ±2,000,000 (so ±2·10⁹ thousandths).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "i32", into = "i32"))]
pub struct Line(i32);

impl Line {
    /// The greatest magnitude in thousandths.
    pub const MAX_THOUSANDTHS: i32 = 2_000_000_000;

    /// A line from thousandths; `None` beyond ±2,000,000.
    #[must_use]
    pub const fn from_thousandths(thousandths: i32) -> Option<Self> {
        if thousandths >= -Self::MAX_THOUSANDTHS && thousandths <= Self::MAX_THOUSANDTHS {
            Some(Self(thousandths))
        } else {
            None
        }
    }

    /// A line from a number; `None` unless it is the f64 nearest to a multiple of 0.001 within ±2,000,000. −0 is 0.
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        let thousandths = libm::rint(value * 1000.0);
        if !(-2.0e9..=2.0e9).contains(&thousandths) || thousandths / 1000.0 != value {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "an integer within i32 by the check above")]
        Some(Self(thousandths as i32))
    }

    /// In thousandths.
    #[must_use]
    pub const fn thousandths(self) -> i32 {
        self.0
    }

    /// As a number: the f64 nearest to it.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 1000.0
    }

    /// How bets on it can settle.
    #[must_use]
    pub const fn kind(self) -> LineKind {
        match self.0.rem_euclid(1000) {
            0 => LineKind::Integer,
            500 => LineKind::Half,
            250 | 750 => LineKind::Quarter,
            _ => LineKind::Other,
        }
    }
}

impl Neg for Line {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl From<Line> for i32 {
    fn from(line: Line) -> Self {
        line.0
    }
}

impl TryFrom<i32> for Line {
    type Error = &'static str;

    fn try_from(thousandths: i32) -> Result<Self, Self::Error> {
        Self::from_thousandths(thousandths).ok_or("a line beyond ±2,000,000")
    }
}

/// How bets on a line can settle, the result being an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// Push on the line.
    Integer,
    /// Always decided.
    Half,
    /// Half the stake on each neighbour at a distance of a quarter.
    Quarter,
    /// Any other: always decided.
    Other,
}
