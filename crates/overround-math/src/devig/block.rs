//! The driver for markets side by side: see [`super::drive`].

#![expect(
    clippy::needless_range_loop,
    reason = "loops over lanes index several arrays, and become vector instructions"
)]

use super::drive::{MAX_PASSES, roots};
use super::family::{Family, FoundLanes, Market, NOTHING, Search, count, fold, max, min, share};

/// Markets side by side: outcome o of lane i is at `o * stride + i`.
pub(super) struct Block<'a> {
    pub(super) outcomes: usize,
    pub(super) stride: usize,
    pub(super) odds: &'a [f64],
    pub(super) target: f64,
    pub(super) fair: &'a mut [f64],
}

impl Block<'_> {
    /// The same with a number of outcomes that the compiler can see.
    #[inline(always)]
    pub(super) fn of(&mut self, outcomes: usize) -> Block<'_> {
        Block { outcomes, stride: self.stride, odds: self.odds, target: self.target, fair: self.fair }
    }

    #[inline(always)]
    pub(super) fn prices<const LANES: usize>(&self, outcome: usize) -> [f64; LANES] {
        *self.odds[outcome * self.stride..].first_chunk().expect("a block has all its lanes")
    }

    #[inline(always)]
    pub(super) fn load<const LANES: usize>(&self, outcome: usize) -> [f64; LANES] {
        *self.fair[outcome * self.stride..].first_chunk().expect("a block has all its lanes")
    }

    #[inline(always)]
    pub(super) fn store<const LANES: usize>(&mut self, outcome: usize, values: &[f64; LANES]) {
        *self.fair[outcome * self.stride..].first_chunk_mut().expect("a block has all its lanes") = *values;
    }
}

/// Solves `LANES` markets, whose prices have been checked.
#[inline(always)]
pub(super) fn solve<F: Family<SUMS>, const SUMS: usize, const LANES: usize, const ROOM: usize>(
    block: &mut Block<'_>,
) -> FoundLanes<LANES> {
    let mut room = [[0.0; LANES]; ROOM];
    let (markets, sums) = survey::<F, SUMS, LANES, ROOM>(block, &mut room);
    let mut searches = Searches::<LANES>::from(|i| F::start(&markets.get(i)));
    if F::OPENING {
        steps::<F, SUMS, LANES, true>(&markets, &mut searches, &sums);
    }
    let mut passes = [0; LANES];
    let mut turns = 0;
    while fold(searches.open, max) > 0.0 && turns < MAX_PASSES {
        turns += 1;
        let mut easy = true;
        for i in 0..LANES {
            easy &= F::easy(&markets.get(i), searches.at[i]);
        }
        for i in 0..LANES {
            passes[i] += u32::from(searches.open[i] > 0.0);
        }
        let constants = constants::<F, SUMS, LANES>(&markets, |i| searches.at[i]);
        let sums = if easy {
            pass::<F, SUMS, LANES, ROOM, true>(block, &constants, &mut room)
        } else {
            pass::<F, SUMS, LANES, ROOM, false>(block, &constants, &mut room)
        };
        steps::<F, SUMS, LANES, false>(&markets, &mut searches, &sums);
    }
    let outside = close::<F, SUMS, LANES, ROOM>(block, &markets, &searches, &room);
    let mut end = [0.0; LANES];
    for i in 0..LANES {
        end[i] = F::end(&searches.get(i));
        searches.open[i] = if F::sane(end[i]) { searches.open[i] } else { 1.0 };
    }
    let Searches { at, step, open, .. } = searches;
    FoundLanes { end, last: [at, step], booksum: markets.booksum, extra: [0.0; LANES], passes, open, outside }
}

struct Markets<const LANES: usize> {
    outcomes: f64,
    target: f64,
    booksum: [f64; LANES],
    share: [f64; LANES],
    least: [f64; LANES],
    greatest: [f64; LANES],
}

impl<const LANES: usize> Markets<LANES> {
    #[inline(always)]
    fn get(&self, i: usize) -> Market {
        Market {
            outcomes: self.outcomes,
            target: self.target,
            booksum: self.booksum[i],
            share: self.share[i],
            least: self.least[i],
            greatest: self.greatest[i],
        }
    }
}

struct Searches<const LANES: usize> {
    at: [f64; LANES],
    step: [f64; LANES],
    best: [f64; LANES],
    open: [f64; LANES],
    doubtful: [f64; LANES],
}

impl<const LANES: usize> Searches<LANES> {
    #[inline(always)]
    fn from(start: impl Fn(usize) -> f64) -> Self {
        let mut at = [0.0; LANES];
        for i in 0..LANES {
            at[i] = start(i);
        }
        Self { at, step: [0.0; LANES], best: [f64::INFINITY; LANES], open: [1.0; LANES], doubtful: [0.0; LANES] }
    }

    #[inline(always)]
    fn get(&self, i: usize) -> Search {
        Search {
            at: self.at[i],
            step: self.step[i],
            best: self.best[i],
            open: self.open[i],
            doubtful: self.doubtful[i],
        }
    }

    #[inline(always)]
    fn set(&mut self, i: usize, search: Search) {
        self.at[i] = search.at;
        self.step[i] = search.step;
        self.best[i] = search.best;
        self.open[i] = search.open;
        self.doubtful[i] = search.doubtful;
    }
}

type Sums<const SUMS: usize, const LANES: usize> = [[[f64; LANES]; SUMS]; 2];

#[inline(always)]
fn survey<F: Family<SUMS>, const SUMS: usize, const LANES: usize, const ROOM: usize>(
    block: &mut Block<'_>,
    room: &mut [[f64; LANES]; ROOM],
) -> (Markets<LANES>, [[f64; LANES]; SUMS]) {
    let mut markets = Markets::<LANES> {
        outcomes: count(block.outcomes),
        target: block.target,
        booksum: [0.0; LANES],
        share: [0.0; LANES],
        least: [f64::INFINITY; LANES],
        greatest: [f64::NEG_INFINITY; LANES],
    };
    let mut sums: Sums<SUMS, LANES> = [[[NOTHING; LANES]; SUMS]; 2];
    sums[0][0] = [-block.target; LANES];
    let mut booksum = [[NOTHING; LANES]; 2];
    for o in 0..block.outcomes {
        let prices = block.prices::<LANES>(o);
        let mut prepared = [0.0; LANES];
        let mut implied = [0.0; LANES];
        let (sums, booksum) = (&mut sums[o % 2], &mut booksum[o % 2]);
        for i in 0..LANES {
            implied[i] = 1.0 / prices[i];
            prepared[i] = F::prepare(prices[i]);
            booksum[i] += implied[i];
            markets.least[i] = min(prepared[i], markets.least[i]);
            markets.greatest[i] = max(prepared[i], markets.greatest[i]);
            if F::OPENING {
                let outcome = F::opening(implied[i], prepared[i]);
                for k in 0..SUMS {
                    sums[k][i] += outcome[k];
                }
            }
        }
        if let Some(room) = room.get_mut(o) {
            *room = implied;
        }
        block.store(o, &prepared);
    }
    for i in 0..LANES {
        markets.booksum[i] = booksum[0][i] + booksum[1][i];
        markets.share[i] = share::<F, SUMS>(block.target, markets.booksum[i]);
    }
    (markets, total(&sums))
}

#[inline(always)]
fn pass<F: Family<SUMS>, const SUMS: usize, const LANES: usize, const ROOM: usize, const EASY: bool>(
    block: &Block<'_>,
    constants: &[[f64; LANES]; 4],
    room: &mut [[f64; LANES]; ROOM],
) -> [[f64; LANES]; SUMS] {
    let mut sums: Sums<SUMS, LANES> = [[[NOTHING; LANES]; SUMS]; 2];
    sums[0][0] = [-block.target; LANES];
    for o in 0..block.outcomes {
        let prices = block.prices::<LANES>(o);
        let prepared = block.load::<LANES>(o);
        let roots = roots::<F, SUMS, LANES>(|i| lane(constants, i), &prepared);
        let mut p = [0.0; LANES];
        let sums = &mut sums[o % 2];
        for i in 0..LANES {
            let outcome = F::terms::<EASY>(&lane(constants, i), prices[i], prepared[i], roots[i]);
            p[i] = outcome[0];
            for k in 0..SUMS {
                sums[k][i] += outcome[k];
            }
        }
        if let Some(room) = room.get_mut(o) {
            *room = p;
        }
    }
    total(&sums)
}

#[inline(always)]
fn total<const SUMS: usize, const LANES: usize>(sums: &Sums<SUMS, LANES>) -> [[f64; LANES]; SUMS] {
    let mut all = [[0.0; LANES]; SUMS];
    for k in 0..SUMS {
        for i in 0..LANES {
            all[k][i] = sums[0][k][i] + sums[1][k][i];
        }
    }
    all
}

#[inline(always)]
fn constants<F: Family<SUMS>, const SUMS: usize, const LANES: usize>(
    markets: &Markets<LANES>,
    at: impl Fn(usize) -> f64,
) -> [[f64; LANES]; 4] {
    let mut all = [[0.0; LANES]; 4];
    for i in 0..LANES {
        let constants = F::constants(&markets.get(i), at(i));
        for k in 0..4 {
            all[k][i] = constants[k];
        }
    }
    all
}

/// One step of every search that is still open; the `FIRST` time all are.
#[inline(always)]
fn steps<F: Family<SUMS>, const SUMS: usize, const LANES: usize, const FIRST: bool>(
    markets: &Markets<LANES>,
    searches: &mut Searches<LANES>,
    sums: &[[f64; LANES]; SUMS],
) {
    let before = searches.at;
    for i in 0..LANES {
        let search = searches.get(i);
        let next = F::step(&markets.get(i), &search, lane(sums, i));
        let open = FIRST || search.open > 0.0;
        let next = Search {
            at: if open { next.at } else { search.at },
            step: if open { next.step } else { search.step },
            best: if open { next.best } else { search.best },
            open: if open { next.open } else { 0.0 },
            doubtful: if open { next.doubtful } else { 0.0 },
        };
        searches.set(i, next);
    }
    if fold(searches.doubtful, max) > 0.0 {
        rescue::<F, SUMS, LANES>(markets, searches, sums, &before);
    }
}

#[cold]
#[inline(never)]
fn rescue<F: Family<SUMS>, const SUMS: usize, const LANES: usize>(
    markets: &Markets<LANES>,
    searches: &mut Searches<LANES>,
    sums: &[[f64; LANES]; SUMS],
    before: &[f64; LANES],
) {
    for i in 0..LANES {
        if searches.doubtful[i] > 0.0 {
            searches.at[i] = F::careful(&markets.get(i), before[i], lane(sums, i));
            searches.doubtful[i] = 0.0;
        }
    }
}

#[inline(always)]
pub(super) fn lane<const SUMS: usize, const LANES: usize>(sums: &[[f64; LANES]; SUMS], i: usize) -> [f64; SUMS] {
    let mut lane = [0.0; SUMS];
    for k in 0..SUMS {
        lane[k] = sums[k][i];
    }
    lane
}

/// Writes the answers; above 0 where one is not strictly inside (0, 1), if that can be.
#[inline(always)]
fn close<F: Family<SUMS>, const SUMS: usize, const LANES: usize, const ROOM: usize>(
    block: &mut Block<'_>,
    markets: &Markets<LANES>,
    searches: &Searches<LANES>,
    room: &[[f64; LANES]; ROOM],
) -> Option<[f64; LANES]> {
    let at = constants::<F, SUMS, LANES>(markets, |i| searches.at[i]);
    let end = constants::<F, SUMS, LANES>(markets, |i| F::end(&searches.get(i)));
    let mut outside = [0.0; LANES];
    for o in 0..block.outcomes {
        let prepared = block.load::<LANES>(o);
        let mut p = match room.get(o) {
            Some(room) => *room,
            None => {
                let prices = block.prices::<LANES>(o);
                let roots = roots::<F, SUMS, LANES>(|i| lane(&at, i), &prepared);
                let mut p = [0.0; LANES];
                for i in 0..LANES {
                    p[i] = F::terms::<false>(&lane(&at, i), prices[i], prepared[i], roots[i])[0];
                }
                p
            }
        };
        let roots = roots::<F, SUMS, LANES>(|i| lane(&end, i), &prepared);
        for i in 0..LANES {
            p[i] = F::finish(&lane(&end, i), searches.step[i], prepared[i], roots[i], p[i]);
            if !F::confined(block.target) {
                outside[i] = if (p[i] > 0.0) & (p[i] < 1.0) { outside[i] } else { 1.0 };
            }
        }
        block.store(o, &p);
    }
    if F::confined(block.target) { None } else { Some(outside) }
}
