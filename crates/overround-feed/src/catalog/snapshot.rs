//! A catalog as bytes, and back.

#[cfg(test)]
mod tests;

use super::limits::Limits;
use super::names::{Absent, Family, FamilyPath, FixtureInfo, NameTable, Names, Outcomes};
use super::{Catalog, Span};
use crate::bytes::{Reader, SnapshotError, Writer, seal, unseal};
use crate::record::{Name, check_list};
use crate::shape::{built_in_outcomes, built_in_shape, needs_participant};
use SnapshotError::Damaged;
use overround::odds_event::MarketShape;
use overround::{BookmakerId, Config, FamilyId};
use overround_math::line::Line;

/// The version of the bytes that [`Catalog::snapshot`] writes.
pub const CATALOG_VERSION: u32 = 1;

const MAGIC: [u8; 8] = *b"ovrnames";

impl Catalog {
    /// Every name with its id, and which fixtures are over, as bytes. [`restore`](Self::restore) gives a catalog that goes on as this one
    /// would. To be kept together with the engine's snapshot of the same moment: [`Replay::snapshot`](crate::Replay::snapshot) does.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        seal(MAGIC, CATALOG_VERSION, |to| {
            for table in [&self.names.feeds, &self.names.bookmakers, &self.names.words] {
                put_all(table.names(), to, |name, to| to.text(name));
            }
            let fixtures = self.names.fixtures.iter().zip(&self.spans);
            to.len(self.names.fixtures.len());
            fixtures.for_each(|(info, span)| put_fixture(info, span, to));
            put_all(&self.names.families, to, put_family);
            put_all(&self.names.markets, to, |market, to| {
                to.u32(market.family.0);
                to.opt(market.line, |to, line| to.i32(line.thousandths()));
            });
            to.opt(self.latest, Writer::ts);
        })
    }

    /// The catalog that wrote these bytes, with the usual limits and hashes: see [`with_options`](Self::with_options). `config` is that of the
    /// engine that goes with it, as for [`configure`](Self::configure).
    ///
    /// # Errors
    /// If they are no snapshot of a catalog, one of another version, or damaged.
    ///
    /// ```
    /// use overround::Config;
    /// use overround_feed::{Catalog, parse_line};
    /// let mut catalog = Catalog::new();
    /// let line = br#"{"type":"odds","ts":1,"fixture":"f","bookmaker":"b","market":"moneyline","outcome":"away","price":1.9}"#;
    /// catalog.translate(&parse_line(line)?, &mut Vec::new())?;
    /// let bytes = catalog.snapshot();
    /// let again = Catalog::restore(&bytes, &Config::recorded())?;
    /// assert_eq!(again.fixture_id("f"), catalog.fixture_id("f"));
    /// assert!(Catalog::restore(&bytes[1..], &Config::recorded()).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn restore(bytes: &[u8], config: &Config) -> Result<Self, SnapshotError> {
        let mut from = unseal(MAGIC, CATALOG_VERSION, bytes)?;
        let mut names = Names::default();
        names.feeds = take_table(&mut from, Some(Self::MAX_FEEDS))?;
        names.bookmakers = take_table(&mut from, None)?;
        names.words = take_table(&mut from, None)?;
        let mut spans = Vec::new();
        for _ in 0..from.len()? {
            let (info, span) = take_fixture(&mut from)?;
            if names.fixture_id(&info.key) != Err(Absent::New) {
                return Err(Damaged);
            }
            names.push_fixture(info);
            spans.push(span);
        }
        for _ in 0..from.len()? {
            take_family(&mut from, &mut names)?;
        }
        for _ in 0..from.len()? {
            take_market(&mut from, &mut names)?;
        }
        let latest = from.opt(Reader::ts)?;
        from.end()?;
        let fresh = (0..spans.len()).filter(|&at| latest.is_some() && spans[at].since == latest).collect();
        let catalog = Self { names, spans, config: config.clone(), latest, limits: Limits::default(), fresh };
        // Whatever is not as a catalog writes it, in order and once, is written otherwise.
        if catalog.snapshot() == bytes { Ok(catalog) } else { Err(Damaged) }
    }
}

fn put_all<'t, T: 't + ?Sized>(
    items: impl IntoIterator<Item = &'t T, IntoIter: ExactSizeIterator>,
    to: &mut Writer,
    put: impl Fn(&T, &mut Writer),
) {
    let items = items.into_iter();
    to.len(items.len());
    items.for_each(|item| put(item, to));
}

fn take_name(from: &mut Reader<'_>) -> Result<Box<str>, SnapshotError> {
    let name = from.text()?;
    if name.is_empty() || name.len() > Name::MAX_BYTES { Err(Damaged) } else { Ok(name.into()) }
}

/// The names of feeds, if so many of those may be, or of what else is numbered.
fn take_table(from: &mut Reader<'_>, most_feeds: Option<usize>) -> Result<NameTable, SnapshotError> {
    let mut table = NameTable::default();
    let len = from.len()?;
    if most_feeds.is_some_and(|most| !(1..=most).contains(&len)) {
        return Err(Damaged);
    }
    for at in 0..len {
        let name = from.text()?;
        // The feed without a name is the first of all feeds, and nothing else is nameless.
        let is_nameless = most_feeds.is_some() && at == 0;
        let is_new = table.find(name) == Err(Absent::New);
        if name.is_empty() != is_nameless || name.len() > Name::MAX_BYTES || !is_new {
            return Err(Damaged);
        }
        table.intern(name);
    }
    Ok(table)
}

fn put_fixture(info: &FixtureInfo, span: &Span, to: &mut Writer) {
    let FixtureInfo { key, sport, league, home, away, start, live } = info;
    to.text(key);
    for name in [sport, league, home, away] {
        to.opt(name.as_deref(), Writer::text);
    }
    to.opt(*start, Writer::ts);
    to.opt(*live, |to, live| to.u8(live.into()));
    to.opt(span.until, Writer::ts);
    to.opt(span.since, Writer::ts);
    to.u8(span.is_over.into());
}

fn take_fixture(from: &mut Reader<'_>) -> Result<(FixtureInfo, Span), SnapshotError> {
    let info = FixtureInfo {
        key: take_name(from)?,
        sport: from.opt(take_name)?,
        league: from.opt(take_name)?,
        home: from.opt(take_name)?,
        away: from.opt(take_name)?,
        start: from.opt(Reader::ts)?,
        live: from.opt(Reader::flag)?,
    };
    Ok((info, Span { until: from.opt(Reader::ts)?, since: from.opt(Reader::ts)?, is_over: from.flag()? }))
}

fn put_family(family: &Family, to: &mut Writer) {
    to.u32(family.fixture.0);
    to.u32(family.market);
    to.u32(family.period);
    to.opt(family.participant, Writer::u32);
    to.u8(family.shape.has_line().into());
    match &family.outcomes {
        Outcomes::BuiltIn(_) => to.len(0),
        Outcomes::Listed(names) => put_all(names.iter(), to, |(_, name), to| to.text(name)),
    }
    put_all(&family.quoted_by, to, |bookmaker, to| to.u32(bookmaker.0));
}

/// Its markets come later.
fn take_family(from: &mut Reader<'_>, names: &mut Names) -> Result<(), SnapshotError> {
    let fixture = usize::try_from(from.u32()?).ok().and_then(|at| names.fixtures.get(at)).ok_or(Damaged)?;
    let fixture = fixture.key.clone();
    let mut word = |number: u32| names.words.name(number).map(Box::<str>::from).ok_or(Damaged);
    let market = word(from.u32()?)?;
    let period = word(from.u32()?)?;
    let participant = from.opt(Reader::u32)?.map(&mut word).transpose()?;
    // Of the line only its presence names a family.
    let line = if from.flag()? { Some(Line::default()) } else { None };
    let listed = (0..from.len()?).map(|_| take_name(from)).collect::<Result<Vec<_>, _>>()?;
    let listed = listed.iter().map(|name| Name::new(&**name).map_err(|_| Damaged)).collect::<Result<Vec<_>, _>>()?;
    let shape = built_in_shape(&market, line).unwrap_or(MarketShape::Listed);
    let outcomes = match shape {
        MarketShape::Listed => {
            check_list(&listed).map_err(|_| Damaged)?;
            Outcomes::listed(&listed)
        }
        built_in if listed.is_empty() => Outcomes::BuiltIn(built_in_outcomes(built_in)),
        _ => return Err(Damaged),
    };
    let path =
        FamilyPath { fixture: &fixture, market: &market, period: &period, participant: participant.as_deref(), line };
    let lacks = participant.is_none() && needs_participant(&market);
    if shape.has_line() != line.is_some() || lacks || names.family_id(&path).is_some() {
        return Err(Damaged);
    }
    let family = names.define_family(&path, shape, outcomes);
    for _ in 0..from.len()? {
        let bookmaker = BookmakerId(from.u32()?);
        if shape != MarketShape::Listed || bookmaker.index() >= names.bookmakers.len() {
            return Err(Damaged);
        }
        names.note_quoted(family, bookmaker);
    }
    Ok(())
}

fn take_market(from: &mut Reader<'_>, names: &mut Names) -> Result<(), SnapshotError> {
    let family = FamilyId(from.u32()?);
    let line = from.opt(Reader::i32)?.map(|line| Line::from_thousandths(line).ok_or(Damaged)).transpose()?;
    let known = names.families.get(family.index()).ok_or(Damaged)?;
    if known.shape.has_line() != line.is_some() || names.find_market(family, line).is_some() {
        return Err(Damaged);
    }
    names.define_market(family, line);
    Ok(())
}
