//! The least probability over several methods.

use super::block::Block;
use super::family::Found;
use super::{Cause, DevigError, Method, Solution, solve};

/// The members' answers to one market.
struct Members {
    found: [Option<Found>; Method::ALL.len()],
    /// The one whose answer was written last.
    last: Option<Method>,
}

/// May these be the members?
pub(super) fn check(members: &[Method]) -> Result<(), DevigError> {
    if members.is_empty() || members.contains(&Method::WorstCase) { Err(DevigError::Members) } else { Ok(()) }
}

/// The least over the members' valid answers.
#[inline(never)]
pub(super) fn single(members: &[Method], odds: &[f64], target: f64, fair: &mut [f64]) -> Result<Solution, DevigError> {
    let mut all = Members { found: [None; Method::ALL.len()], last: None };
    for (slot, method) in all.found.iter_mut().zip(Method::ALL) {
        if members.contains(&method) {
            *slot = Some(solve::single(method, odds, target, fair));
            all.last = Some(method);
        }
    }
    for (i, p) in fair.iter_mut().enumerate() {
        *p = all.least(*p, target, odds.len(), |j| odds[j], i);
    }
    all.solution()
}

/// The same for the first markets of a block.
pub(super) fn lanes<const LANES: usize>(
    members: &[Method],
    block: &mut Block<'_>,
) -> [Result<Solution, DevigError>; LANES] {
    let mut all: [Members; LANES] = core::array::from_fn(|_| Members { found: [None; Method::ALL.len()], last: None });
    for (k, method) in Method::ALL.into_iter().enumerate() {
        if members.contains(&method) {
            let found = solve::lanes::<LANES>(method, block);
            for (i, all) in all.iter_mut().enumerate() {
                all.found[k] = Some(found.get(i));
                all.last = Some(method);
            }
        }
    }
    for o in 0..block.outcomes {
        let mut p = block.load::<LANES>(o);
        for (i, all) in all.iter().enumerate() {
            let odds = |j: usize| block.odds[j * block.stride + i];
            p[i] = all.least(p[i], block.target, block.outcomes, odds, o);
        }
        block.store(o, &p);
    }
    all.map(|all| all.solution())
}

impl Members {
    /// The least probability of outcome `i`, `last` being that of the last member.
    fn least(&self, last: f64, target: f64, outcomes: usize, odds: impl Fn(usize) -> f64, i: usize) -> f64 {
        let mut least = f64::INFINITY;
        for (found, method) in self.found.iter().zip(Method::ALL) {
            let Some(found) = found.filter(|found| found.cause.is_none()) else { continue };
            let p =
                if self.last == Some(method) { last } else { solve::again(method, &found, target, outcomes, &odds, i) };
            least = if p < least { p } else { least };
        }
        least
    }

    fn solution(&self) -> Result<Solution, DevigError> {
        let found = || self.found.iter().flatten();
        match found().find(|found| found.cause.is_none()) {
            None => Err(DevigError::NoValidAnswer { method: Method::WorstCase, cause: Cause::NoRoot }),
            Some(any) => {
                Ok(Solution { param: None, booksum: any.booksum, iterations: found().map(|found| found.passes).sum() })
            }
        }
    }
}
