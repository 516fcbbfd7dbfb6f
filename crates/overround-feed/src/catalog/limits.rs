//! How much a catalog will name.

/// The most that a catalog names, so that no feed, however made, takes memory or time without bound. A record that would pass a limit is
/// refused as [`Reject::TooMany`](crate::Reject::TooMany) and changes nothing; what is known already goes on.
///
/// The defaults are several times what all bookmakers of the world show; a catalog at its limits and an engine behind it take some
/// gigabytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Fixtures over the life of the catalog, those that are over too; default 500,000.
    pub fixtures: u32,
    /// Markets over the life of the catalog, those of fixtures that are over too; default 4,000,000.
    pub markets: u32,
    /// Markets of one fixture; default 20,000.
    pub markets_per_fixture: u32,
    /// Lines of one family; default 128. Middles are judged by pairs of lines, so that time grows with the square of this.
    pub lines_per_family: u32,
    /// Bookmakers over the life of the catalog, and so of one market; default 512.
    pub bookmakers: u32,
    /// Outcomes of a market with a list of them; default 4,096, which is also the most that there can be.
    pub outcomes: u32,
    /// Of a market with a list of outcomes: outcomes times bookmakers that quote it; default 32,768.
    pub cells_per_list: u32,
    /// Bytes of all names together; default 256 MiB.
    pub name_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fixtures: 500_000,
            markets: 4_000_000,
            markets_per_fixture: 20_000,
            lines_per_family: 128,
            bookmakers: 512,
            outcomes: 4_096,
            cells_per_list: 32_768,
            name_bytes: 256 << 20,
        }
    }
}

/// A limit by its name: where the number stands.
type Place = fn(&mut Limits) -> Number<'_>;

enum Number<'a> {
    Count(&'a mut u32),
    Bytes(&'a mut u64),
}

const PLACES: [(&str, Place); 8] = [
    ("fixtures", |limits| Number::Count(&mut limits.fixtures)),
    ("markets", |limits| Number::Count(&mut limits.markets)),
    ("markets_per_fixture", |limits| Number::Count(&mut limits.markets_per_fixture)),
    ("lines_per_family", |limits| Number::Count(&mut limits.lines_per_family)),
    ("bookmakers", |limits| Number::Count(&mut limits.bookmakers)),
    ("outcomes", |limits| Number::Count(&mut limits.outcomes)),
    ("cells_per_list", |limits| Number::Count(&mut limits.cells_per_list)),
    ("name_bytes", |limits| Number::Bytes(&mut limits.name_bytes)),
];

impl Limits {
    /// Sets a limit by the name of its field; a number beyond the field's is the largest that it takes. Returns whether there is a limit of
    /// that name.
    ///
    /// ```
    /// use overround_feed::Limits;
    /// let mut limits = Limits::default();
    /// assert!(limits.set("fixtures", 1_000));
    /// assert_eq!(limits.fixtures, 1_000);
    /// assert!(!limits.set("teams", 3));
    /// ```
    #[must_use]
    pub fn set(&mut self, name: &str, most: u64) -> bool {
        let Some((_, place)) = PLACES.iter().find(|(known, _)| *known == name) else { return false };
        match place(self) {
            Number::Count(number) => *number = u32::try_from(most).unwrap_or(u32::MAX),
            Number::Bytes(number) => *number = most,
        }
        true
    }

    /// The names that [`Self::set`] takes.
    pub fn names() -> impl Iterator<Item = &'static str> {
        PLACES.iter().map(|&(name, _)| name)
    }
}

/// How a catalog is made.
///
/// ```
/// use overround_feed::{Catalog, CatalogOptions, Reject, parse_line};
/// let mut options = CatalogOptions::default();
/// options.limits.fixtures = 1;
/// let mut catalog = Catalog::new().with_options(options);
/// let fixture = |line: &'static str| parse_line(line.as_bytes());
/// let mut out = Vec::new();
/// catalog.translate(&fixture(r#"{"type":"fixture","ts":1,"fixture":"a"}"#)?, &mut out)?;
/// let second = catalog.translate(&fixture(r#"{"type":"fixture","ts":1,"fixture":"b"}"#)?, &mut out);
/// assert_eq!(second, Err(Reject::TooMany));
/// # Ok::<(), Reject>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CatalogOptions {
    /// The most that it names.
    pub limits: Limits,
    /// Seeds the hashes by which names are looked up. No answer depends on it; with a number that the sender of a feed cannot guess, it
    /// cannot choose names whose lookups are slow.
    pub hash_seed: u64,
}
