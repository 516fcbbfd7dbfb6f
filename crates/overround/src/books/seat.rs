//! Which part of the fixtures an engine keeps prices for.

use crate::ids::FixtureId;

/// One of several engines that share the fixtures by turns. All of them hear everything, so that clocks, sources, definitions and
/// what is held back are the same in all; only the owner of a fixture keeps its quotes and tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seat {
    index: u32,
    of: u32,
}

impl Seat {
    /// The seat of an engine that is alone.
    pub(crate) const ALL: Self = Self { index: 0, of: 1 };

    /// Seat `index` of `of`.
    #[cfg(feature = "rayon")]
    pub(crate) const fn new(index: u32, of: u32) -> Self {
        Self { index, of }
    }

    /// Is the fixture this one's?
    #[inline]
    pub(crate) const fn owns(self, fixture: FixtureId) -> bool {
        self.of == 1 || fixture.0 % self.of == self.index
    }
}
