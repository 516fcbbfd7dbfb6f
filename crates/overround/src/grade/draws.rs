//! Chance, as a pure function of what it is about.

/// Numbers that look random and depend on nothing but the seed and what they are drawn for: a bet's luck is the same whatever other bets
/// there are, in whatever order they are looked at.
///
/// ```
/// use overround::grade::Draws;
/// let unit = Draws::new(7).about(42).unit();
/// assert_eq!(unit, Draws::new(7).about(42).unit());
/// assert!((0.0..1.0).contains(&unit) && unit != Draws::new(7).about(43).unit());
/// ```
///
/// The generator is splitmix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draws(u64);

impl Draws {
    /// Draws of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Draws about one thing of many.
    #[must_use]
    pub const fn about(self, thing: u64) -> Self {
        Self(mix(self.0 ^ mix(thing.wrapping_add(GOLDEN))))
    }

    /// The next 64 bits.
    pub const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// The next number in [0, 1), a multiple of 2⁻⁵³.
    pub fn unit(mut self) -> f64 {
        self.next_unit()
    }

    /// As [`unit`](Self::unit), going on.
    pub fn next_unit(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
        let whole = (self.bits() >> 11) as f64;
        whole * f64::EPSILON / 2.0
    }

    /// The next whole number below `n`, which is above 0; for `n` far below 2⁶⁴ all are as likely.
    pub fn next_below(&mut self, n: u64) -> u64 {
        let product = u128::from(self.bits()) * u128::from(n.max(1));
        u64::try_from(product >> 64).unwrap_or_default()
    }
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
