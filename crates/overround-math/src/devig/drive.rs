//! One driver for all solved methods: over the outcomes of one market, and over many markets side by side.
//!
//! A method is a [`Family`]: plain functions of one outcome or of one market, without branches. The drivers apply them in
//! loops over small arrays, which the compiler turns into vector instructions. For one market both drivers do the same
//! operations in the same order, and so give the same bits: sums over the outcomes of even and of odd index apart, then
//! of both.

use super::family::{Constants, Family, Found, Market, NOTHING, Search, count, max, min};
use crate::float::sqrt;

/// No search takes as many passes.
pub(super) const MAX_PASSES: u32 = 200;

/// Solves one market of at least `WIDTH` outcomes.
///
/// Outcomes are taken in chunks of `WIDTH`; if some are left, the last chunk reaches back over outcomes that were in the one
/// before. `ROOM` chunks keep their probabilities between the last pass and the end; those of others are computed twice.
#[inline(always)]
pub(super) fn single<F: Family<SUMS>, const SUMS: usize, const WIDTH: usize, const ROOM: usize>(
    odds: &[f64],
    target: f64,
    fair: &mut [f64],
) -> Found {
    let mut room = Room { chunks: [[0.0; WIDTH]; ROOM], last: [0.0; WIDTH] };
    let (market, sums) = survey::<F, SUMS, WIDTH, ROOM>(odds, target, fair, &mut room);
    let mut search = Search::from(F::start(&market));
    if F::OPENING {
        search = step::<F, SUMS>(&market, &search, sums);
    }
    let mut passes = 0;
    while search.open > 0.0 && passes < MAX_PASSES {
        let constants = F::constants(&market, search.at);
        let sums = if F::easy(&market, search.at) {
            pass::<F, SUMS, WIDTH, ROOM, true>(&constants, odds, target, fair, &mut room)
        } else {
            pass::<F, SUMS, WIDTH, ROOM, false>(&constants, odds, target, fair, &mut room)
        };
        search = step::<F, SUMS>(&market, &search, sums);
        passes += 1;
    }
    let inside = close::<F, SUMS, WIDTH, ROOM>(&market, &search, odds, fair, &room);
    Found::search::<F, SUMS>(&market, &search, passes, inside)
}

/// Probabilities of the last pass.
struct Room<const WIDTH: usize, const ROOM: usize> {
    chunks: [[f64; WIDTH]; ROOM],
    last: [f64; WIDTH],
}

/// The first pass: what the market is, and the sums at the start.
#[inline(always)]
fn survey<F: Family<SUMS>, const SUMS: usize, const WIDTH: usize, const ROOM: usize>(
    odds: &[f64],
    target: f64,
    fair: &mut [f64],
    room: &mut Room<WIDTH, ROOM>,
) -> (Market, [f64; SUMS]) {
    let mut survey = Survey::<SUMS, WIDTH>::new(target);
    let mut rooms = room.chunks.iter_mut();
    for (odds, fair) in odds.as_chunks().0.iter().zip(fair.as_chunks_mut().0) {
        let implied;
        (*fair, implied) = survey.take::<F>(odds, 0);
        if let Some(room) = rooms.next() {
            *room = implied;
        }
    }
    if let (Some((first, odds)), Some(fair)) = (last(odds), fair.last_chunk_mut()) {
        (*fair, room.last) = survey.take::<F>(odds, first);
    }
    let least = survey.least.into_iter().fold(f64::INFINITY, min);
    let greatest = survey.greatest.into_iter().fold(f64::NEG_INFINITY, max);
    let booksum = survey.booksum[0] + survey.booksum[1];
    let market = Market::new::<F, SUMS>(count(odds.len()), target, booksum, least, greatest);
    (market, total(&survey.sums))
}

struct Survey<const SUMS: usize, const WIDTH: usize> {
    booksum: [f64; 2],
    least: [f64; WIDTH],
    greatest: [f64; WIDTH],
    sums: [[f64; 2]; SUMS],
}

impl<const SUMS: usize, const WIDTH: usize> Survey<SUMS, WIDTH> {
    #[inline(always)]
    fn new(target: f64) -> Self {
        let mut sums = [[NOTHING; 2]; SUMS];
        sums[0][0] = -target;
        Self { booksum: [NOTHING; 2], least: [f64::INFINITY; WIDTH], greatest: [f64::NEG_INFINITY; WIDTH], sums }
    }

    /// Takes a chunk in, from the `first` on, and gives what of its prices every pass needs, and its implied probabilities.
    #[inline(always)]
    fn take<F: Family<SUMS>>(&mut self, odds: &[f64; WIDTH], first: usize) -> ([f64; WIDTH], [f64; WIDTH]) {
        let mut implied = [0.0; WIDTH];
        let mut prepared = [0.0; WIDTH];
        let mut terms = [[0.0; WIDTH]; SUMS];
        for i in 0..WIDTH {
            implied[i] = 1.0 / odds[i];
            prepared[i] = F::prepare(odds[i]);
            if F::OPENING {
                let outcome = F::opening(implied[i], prepared[i]);
                for k in 0..SUMS {
                    terms[k][i] = outcome[k];
                }
            }
            self.least[i] = min(prepared[i], self.least[i]);
            self.greatest[i] = max(prepared[i], self.greatest[i]);
        }
        for (i, implied) in implied.iter().skip(first).enumerate() {
            self.booksum[i % 2] += implied;
        }
        if F::OPENING {
            add(&mut self.sums, &terms, first);
        }
        (prepared, implied)
    }
}

/// The sums at a parameter.
#[inline(always)]
fn pass<F: Family<SUMS>, const SUMS: usize, const WIDTH: usize, const ROOM: usize, const EASY: bool>(
    constants: &Constants,
    odds: &[f64],
    target: f64,
    fair: &[f64],
    room: &mut Room<WIDTH, ROOM>,
) -> [f64; SUMS] {
    let mut sums = [[NOTHING; 2]; SUMS];
    sums[0][0] = -target;
    let mut rooms = room.chunks.iter_mut();
    for (odds, fair) in odds.as_chunks().0.iter().zip(fair.as_chunks().0) {
        let terms = terms::<F, SUMS, WIDTH, EASY>(constants, odds, fair);
        add(&mut sums, &terms, 0);
        if let Some(room) = rooms.next() {
            *room = terms[0];
        }
    }
    if let (Some((first, odds)), Some((_, fair))) = (last(odds), last(fair)) {
        let terms = terms::<F, SUMS, WIDTH, EASY>(constants, odds, fair);
        add(&mut sums, &terms, first);
        room.last = terms[0];
    }
    total(&sums)
}

#[inline(always)]
fn terms<F: Family<SUMS>, const SUMS: usize, const WIDTH: usize, const EASY: bool>(
    constants: &Constants,
    odds: &[f64; WIDTH],
    prepared: &[f64; WIDTH],
) -> [[f64; WIDTH]; SUMS] {
    let roots = roots::<F, SUMS, WIDTH>(|_| *constants, prepared);
    let mut terms = [[0.0; WIDTH]; SUMS];
    for i in 0..WIDTH {
        let outcome = F::terms::<EASY>(constants, odds[i], prepared[i], roots[i]);
        for k in 0..SUMS {
            terms[k][i] = outcome[k];
        }
    }
    terms
}

#[inline(always)]
fn step<F: Family<SUMS>, const SUMS: usize>(market: &Market, search: &Search, sums: [f64; SUMS]) -> Search {
    let next = F::step(market, search, sums);
    if next.doubtful > 0.0 {
        // Of a copy, so that the market itself can stay in registers.
        let market = *market;
        Search { at: careful::<F, SUMS>(&market, search.at, sums), ..next }
    } else {
        next
    }
}

#[cold]
#[inline(never)]
fn careful<F: Family<SUMS>, const SUMS: usize>(market: &Market, at: f64, sums: [f64; SUMS]) -> f64 {
    F::careful(market, at, sums)
}

/// Writes the answer. Is it strictly inside (0, 1)?
#[inline(always)]
fn close<F: Family<SUMS>, const SUMS: usize, const WIDTH: usize, const ROOM: usize>(
    market: &Market,
    search: &Search,
    odds: &[f64],
    fair: &mut [f64],
    room: &Room<WIDTH, ROOM>,
) -> bool {
    let constants = F::constants(market, search.at);
    let end = F::constants(market, F::end(search));
    let mut outside = [0.0; WIDTH];
    // Before the outcomes it shares with the chunk before it are written.
    let end_of_slice = last(fair)
        .map(|(_, prepared)| finish::<F, SUMS, WIDTH>(market, &end, search.step, prepared, &room.last, &mut outside));
    let mut rooms = room.chunks.iter();
    for (odds, fair) in odds.as_chunks().0.iter().zip(fair.as_chunks_mut().0) {
        let p = match rooms.next() {
            Some(room) => *room,
            None => terms::<F, SUMS, WIDTH, false>(&constants, odds, fair)[0],
        };
        *fair = finish::<F, SUMS, WIDTH>(market, &end, search.step, fair, &p, &mut outside);
    }
    if let (Some(answer), Some(fair)) = (end_of_slice, fair.last_chunk_mut()) {
        *fair = answer;
    }
    outside.into_iter().fold(0.0, max) == 0.0
}

#[inline(always)]
fn finish<F: Family<SUMS>, const SUMS: usize, const WIDTH: usize>(
    market: &Market,
    end: &Constants,
    step: f64,
    prepared: &[f64; WIDTH],
    p: &[f64; WIDTH],
    outside: &mut [f64; WIDTH],
) -> [f64; WIDTH] {
    let roots = roots::<F, SUMS, WIDTH>(|_| *end, prepared);
    let mut answer = [0.0; WIDTH];
    for i in 0..WIDTH {
        answer[i] = F::finish(end, step, prepared[i], roots[i], p[i]);
        if !F::confined(market.target) {
            outside[i] = if (answer[i] > 0.0) & (answer[i] < 1.0) { outside[i] } else { 1.0 };
        }
    }
    answer
}

/// The chunk at the end if the outcomes are no multiple of the width, and the first of it that was in no other.
#[inline(always)]
fn last<const WIDTH: usize>(all: &[f64]) -> Option<(usize, &[f64; WIDTH])> {
    let left = all.len() % WIDTH;
    if left == 0 { None } else { all.last_chunk().map(|chunk| (WIDTH - left, chunk)) }
}

/// Square roots, if the family wants them.
#[inline(always)]
pub(super) fn roots<F: Family<SUMS>, const SUMS: usize, const WIDTH: usize>(
    constants: impl Fn(usize) -> Constants,
    prepared: &[f64; WIDTH],
) -> [f64; WIDTH] {
    let mut roots = [0.0; WIDTH];
    if F::ROOT {
        for i in 0..WIDTH {
            roots[i] = F::radicand(&constants(i), prepared[i]);
        }
        for root in &mut roots {
            *root = sqrt(*root);
        }
    }
    roots
}

/// Adds outcomes of even index to the first half, of odd index to the second, from the `first` on.
#[inline(always)]
fn add<const SUMS: usize, const WIDTH: usize>(sums: &mut [[f64; 2]; SUMS], terms: &[[f64; WIDTH]; SUMS], first: usize) {
    if first == 0 {
        for k in 0..SUMS {
            for i in 0..WIDTH {
                sums[k][i % 2] += terms[k][i];
            }
        }
    } else {
        // Chunks begin at even indices but for this one, whose first new outcome has an even index.
        for i in first..WIDTH {
            for k in 0..SUMS {
                sums[k][(i - first) % 2] += terms[k][i];
            }
        }
    }
}

#[inline(always)]
fn total<const SUMS: usize>(sums: &[[f64; 2]; SUMS]) -> [f64; SUMS] {
    let mut all = [0.0; SUMS];
    for k in 0..SUMS {
        all[k] = sums[k][0] + sums[k][1];
    }
    all
}

/// Solves a market whose prices come one by one and have nowhere to be kept; [`again`] gives the answer. Slower: what depends on a
/// price alone is computed in every pass.
pub(super) fn lazily<F: Family<SUMS>, const SUMS: usize>(
    odds: impl Iterator<Item = f64> + Clone,
    target: f64,
) -> Found {
    let mut survey = Survey::<SUMS, 1>::new(target);
    let mut outcomes = 0;
    for price in odds.clone() {
        survey.take::<F>(&[price], 0);
        outcomes += 1;
    }
    let ([least], [greatest]) = (survey.least, survey.greatest);
    let market =
        Market::new::<F, SUMS>(count(outcomes), target, survey.booksum[0] + survey.booksum[1], least, greatest);
    let mut search = Search::from(F::start(&market));
    if F::OPENING {
        search = step::<F, SUMS>(&market, &search, total(&survey.sums));
    }
    let mut passes = 0;
    while search.open > 0.0 && passes < MAX_PASSES {
        let constants = F::constants(&market, search.at);
        let mut sums = [0.0; SUMS];
        sums[0] = -target;
        for price in odds.clone() {
            let own = terms::<F, SUMS, 1, false>(&constants, &[price], &[F::prepare(price)]);
            for k in 0..SUMS {
                sums[k] += own[k][0];
            }
        }
        search = step::<F, SUMS>(&market, &search, sums);
        passes += 1;
    }
    Found::search::<F, SUMS>(&market, &search, passes, true)
}

/// The probability of one outcome again, bit for bit, from the end of its market's search.
pub(super) fn again<F: Family<SUMS>, const SUMS: usize>(found: &Found, target: f64, odds: f64) -> f64 {
    let market = Market::new::<F, SUMS>(0.0, target, found.booksum, 0.0, 0.0);
    let constants = F::constants(&market, found.last.0);
    let end = F::constants(&market, found.end);
    let prepared = F::prepare(odds);
    let [root] = roots::<F, SUMS, 1>(|_| constants, &[prepared]);
    let p = F::terms::<false>(&constants, odds, prepared, root)[0];
    let [root] = roots::<F, SUMS, 1>(|_| end, &[prepared]);
    F::finish(&end, found.last.1, prepared, root, p)
}
