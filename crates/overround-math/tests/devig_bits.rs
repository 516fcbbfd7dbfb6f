//! The same bits on every platform and in every build: of answers, parameters and lengths of searches.
//!
//! A change of these digests is a change of every recorded figure that rests on fair probabilities, and is made on purpose or not at
//! all. Whether the answers are right is for `devig_vectors.rs` and `devig_laws.rs` to tell. Would have caught: a compiler or target that
//! fuses or reorders operations, a search that takes another way to the same place, a warm start.

use overround_math::devig::{Cause, DevigError, Method, Solution, add_margin, batch, devig_to};

/// FNV-1a of 64 bits.
struct Digest(u64);

impl Digest {
    fn take(&mut self, bits: u64) {
        for byte in bits.to_le_bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn answer(&mut self, answer: &Result<Solution, DevigError>, fair: &[f64]) {
        match answer {
            Ok(Solution { param, booksum, iterations }) => {
                self.take(param.map_or(1, f64::to_bits));
                self.take(booksum.to_bits());
                self.take(u64::from(*iterations));
            }
            Err(DevigError::NoValidAnswer { cause: Cause::NoRoot, .. }) => return self.take(3),
            Err(_) => self.take(5),
        }
        fair.iter().for_each(|p| self.take(p.to_bits()));
    }
}

/// Bits from nowhere (Steele, Lea and Flood's SplitMix64).
struct Random(u64);

impl Random {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// In [0, 1), a multiple of 2⁻²⁴.
    fn unit(&mut self) -> f64 {
        f64::from(u32::try_from(self.bits() >> 40).expect("24 bits")) / f64::from(1 << 24)
    }

    /// Mostly ordinary prices, some of the shortest and the longest; only operations that round alike everywhere.
    fn market(&mut self, n: u32, kind: u32) -> Vec<f64> {
        let width = f64::from(n);
        (0..n)
            .map(|i| match (kind, i) {
                (1, 0) => 1.0 + 0.5_f64.powi(1 + i32::try_from(self.bits() % 20).expect("small")),
                (2, 0) => 1e6 * (1.0 - self.unit()) + 2.0,
                (3, _) => 1.0 + 0.2 * (self.unit() + 1e-3),
                (4, _) => width * (0.9 + 0.4 * self.unit()) + 0.2,
                // Both sides of even money, and even money itself.
                (6, _) => 1.0 + 0.25 * (1.0 + (width * 4.0 * self.unit()).floor()),
                (5, _) => 1.0 + width * width * self.unit() * self.unit() + 0.01,
                _ => 1.0 + width * (0.15 + self.unit()),
            })
            .collect()
    }
}

/// Of 600 markets of 2 to 40 outcomes.
fn digest(method: Method) -> u64 {
    let (mut digest, mut random) = (Digest(0xcbf2_9ce4_8422_2325), Random(7));
    for i in 0..600_u32 {
        let n = [2, 3, 2, 4, 5, 3, 7, 8, 9, 13, 20, 40][usize::try_from(i % 12).expect("small")];
        let odds = random.market(n, i / 12 % 8);
        let target = match i % 5 {
            0 => 0.1 + random.unit() * (f64::from(n) - 0.2),
            1 => 0.5,
            _ => 1.0,
        };
        let mut fair = vec![0.5; odds.len()];
        let answer = devig_to(method, &odds, target, &mut fair);
        digest.answer(&answer, &fair);
        let mut priced = vec![0.5; odds.len()];
        if answer.is_ok() && method != Method::WorstCase {
            let goal = target + (f64::from(n) - target) * 0.3 * random.unit() * random.unit();
            let put_on = add_margin(method, &fair, goal, &mut priced);
            digest.answer(&put_on, if put_on.is_ok() { &priced } else { &[] });
        }
    }
    digest.0
}

const KNOWN: [(&str, u64); 12] = [
    ("multiplicative", 0x3572_291f_bc25_ff9b),
    ("additive", 0xff5a_61b3_4645_c539),
    ("differential_margin_weighting", 0xff5a_61b3_4645_c539),
    ("balanced_book", 0xa8ff_616c_b3f4_5506),
    ("goto", 0x333e_16b1_e6ac_c5a6),
    ("power", 0xcf97_b772_4017_1a92),
    ("shin", 0x1c7b_8676_32b7_4716),
    ("odds_ratio", 0xcf9b_5937_149a_0d9c),
    ("logarithmic", 0x855c_c207_55d0_e661),
    ("probit", 0x6d00_ace1_585f_f763),
    ("jsd", 0x84bf_990f_39ad_f15c),
    ("worst_case", 0x0c9a_4522_5d14_2f1d),
];

#[test]
fn single_answers() {
    let found = Method::ALL.map(|method| (method.name(), digest(method)));
    for (method, digest) in found {
        println!("(\"{method}\", 0x{digest:016x}),");
    }
    assert_eq!(found, KNOWN);
}

#[test]
fn batches() {
    let mut random = Random(8);
    for (i, n) in [2, 3, 4, 9, 40].into_iter().enumerate() {
        for method in Method::ALL {
            let markets: Vec<Vec<f64>> = (0..37).map(|k| random.market(n, k % 8)).collect();
            let (n, m) = (markets[0].len(), markets.len());
            let odds: Vec<f64> = (0..n).flat_map(|o| markets.iter().map(move |market| market[o])).collect();
            let (mut all, mut answers) = (vec![0.5; odds.len()], vec![Ok(Solution::default()); m]);
            let target = [1.0, 1.0, 0.7, 2.0, 1.0][i];
            batch::devig_to(method, n, target, &odds, &mut all, &mut answers).expect("right lengths");
            let (mut alone, mut valid) = (vec![0.5; odds.len()], vec![false; m]);
            let solved = batch::probabilities(method, n, target, &odds, &mut alone, &mut valid).expect("right lengths");
            assert_eq!(alone, all, "{method}");
            assert_eq!(valid, answers.iter().map(Result::is_ok).collect::<Vec<_>>(), "{method}");
            assert_eq!(solved, valid.iter().filter(|valid| **valid).count(), "{method}");
            for (j, market) in markets.iter().enumerate() {
                let mut fair = vec![0.5; n];
                assert_eq!(devig_to(method, market, target, &mut fair), answers[j], "{method} {market:?}");
                let column: Vec<u64> = all.iter().skip(j).step_by(m).map(|p| p.to_bits()).collect();
                assert_eq!(column, fair.iter().map(|p| p.to_bits()).collect::<Vec<_>>(), "{method} {market:?}");
            }
        }
    }
}
