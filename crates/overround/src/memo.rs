//! Exact memory of solved price vectors.
//!
//! Bookmakers quote from short ladders of prices, so the same few pairs and triples come again and again. A solved vector is found by
//! its exact bits and its method; what is not found is solved afresh, to the same bits. The memory is therefore no part of the state:
//! it is outside digest and snapshots, and its size changes nothing but speed.

use alloc::vec::Vec;
use overround_math::devig::{Method, devig};

/// Longest price vector that is remembered.
const MOST_OUTCOMES: usize = 3;

/// Places where nothing else is said: 56 bytes each, a quarter of a typical second-level cache.
pub(crate) const DEFAULT_PLACES: usize = 2048;

/// A table with one place per hash: the newest wins.
#[derive(Debug)]
pub(crate) struct Memo {
    places: Vec<Place>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Place {
    prices: [f64; MOST_OUTCOMES],
    fair: [f64; MOST_OUTCOMES],
    /// Number of outcomes; 0 for a place that holds nothing.
    n: u8,
    method: u8,
    is_solved: bool,
}

impl Memo {
    /// With at least one place, rounded up to a power of two.
    pub(crate) fn new(places: usize) -> Self {
        let places = places.clamp(1, 1 << 24).next_power_of_two();
        Self { places: alloc::vec![Place::default(); places] }
    }

    /// What [`devig`] gives for these prices: writes the fair probabilities, or returns false where there is no valid answer.
    pub(crate) fn devig(&mut self, method: Method, prices: &[f64], fair: &mut [f64]) -> bool {
        let n = prices.len();
        if n > MOST_OUTCOMES {
            return devig(method, prices, fair).is_ok();
        }
        let mut padded = [0.0; MOST_OUTCOMES];
        padded[..n].copy_from_slice(prices);
        let tag = (u8::try_from(n).unwrap_or(0), method as u8);
        let index = self.index(padded, tag);
        let place = &mut self.places[index];
        if (place.n, place.method) != tag || place.prices != padded {
            let mut solved = [0.0; MOST_OUTCOMES];
            let is_solved = devig(method, prices, &mut solved[..n]).is_ok();
            *place = Place { prices: padded, fair: solved, n: tag.0, method: tag.1, is_solved };
        }
        if place.is_solved {
            fair.copy_from_slice(&place.fair[..n]);
        }
        place.is_solved
    }

    /// Multiplies and folds; the number of places is a power of two.
    fn index(&self, prices: [f64; MOST_OUTCOMES], (_, method): (u8, u8)) -> usize {
        const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
        let mixed = prices.iter().fold(u64::from(method), |mixed, price| {
            let product = (mixed ^ price.to_bits()).wrapping_mul(ODD);
            product ^ product >> 32
        });
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the places' mask takes the low bits, which every usize has"
        )]
        let low = mixed as usize;
        low & (self.places.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever was asked before and however few places there are, the answer is that of a fresh solve, bit for bit.
    #[test]
    fn remembers_exactly() {
        let prices = [[1.91, 1.91, 4.0], [2.6, 2.4, 4.3], [1.5, 2.74, 30.0], [1.91, 1.91, 4.0], [1.05, 13.0, 50.0]];
        for places in [1, 2, 64] {
            let mut memo = Memo::new(places);
            for _ in 0..3 {
                for prices in &prices {
                    for method in Method::ALL {
                        for n in 2..=3 {
                            let (mut fresh, mut remembered) = ([0.0; 3], [0.0; 3]);
                            let is_solved = devig(method, &prices[..n], &mut fresh[..n]).is_ok();
                            assert_eq!(memo.devig(method, &prices[..n], &mut remembered[..n]), is_solved);
                            assert!(!is_solved || fresh.map(f64::to_bits) == remembered.map(f64::to_bits));
                        }
                    }
                }
            }
        }
    }
}
