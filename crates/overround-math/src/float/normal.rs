//! The normal distribution.

use super::{exp, ln, sqrt};

/// 1/√(2π).
const DENSITY_AT_0: f64 = 0.398_942_280_401_432_7;

/// The standard normal distribution function, within 3 ulp in the lower tail down to the subnormal numbers.
///
/// Φ(−t) = φ(t) m(t) for t ≥ 0, where Mills' ratio m is a rational function of t up to 8, and of 1/t² beyond; Φ(t) = 1 − Φ(−t).
#[must_use]
pub fn normal_cdf(x: f64) -> f64 {
    if x.is_nan() { x } else { normal_parts(x)[0] }
}

/// The inverse of [`normal_cdf`], within 2 ulp; −∞ at 0, ∞ at 1, NaN outside \[0, 1\].
///
/// M. J. Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988) 477, and in the tails one step of Newton's after it.
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    normal_quantile_of(p, 1.0 - p)
}

/// Φ(x) and φ(x) of a number, without branches.
#[inline(always)]
pub(crate) fn normal_parts(x: f64) -> [f64; 2] {
    let t = x.abs();
    // Φ(−39) is below the least number above 0.
    let t = if t < 39.0 { t } else { 39.0 };
    // t² in two parts, the first exact: a rounding of the exponent would grow by t².
    let high = f64::from_bits(t.to_bits() & 0xffff_ffff_f800_0000);
    let low = 0.5 * (t - high) * (t + high);
    let power = exp(-0.5 * high * high);
    let power = power - power * (low * (1.0 - low * (0.5 - low * (1.0 / 6.0))));
    let ratio = if t <= 8.0 { near_ratio(t) } else { far_ratio(t) };
    let tail = power * ratio;
    [if x < 0.0 { tail } else { 1.0 - tail }, DENSITY_AT_0 * power]
}

/// The quantile of `p` where 1 − p is known better than by subtraction.
pub(crate) fn normal_quantile_of(p: f64, complement: f64) -> f64 {
    let centred = if p < 0.5 { p - 0.5 } else { 0.5 - complement };
    if centred.abs() <= 0.425 {
        let r = 0.180_625 - centred * centred;
        return centred * rational(r, &CENTRE);
    }
    let tail = if centred < 0.0 { p } else { complement };
    if !(tail > 0.0 && tail <= 0.5) {
        return if tail != 0.0 {
            f64::NAN
        } else if centred < 0.0 {
            f64::NEG_INFINITY
        } else {
            f64::INFINITY
        };
    }
    let r = sqrt(-ln(tail));
    let size = if r <= 5.0 { rational(r - 1.6, &MIDDLE) } else { rational(r - 5.0, &FAR) };
    let [below, density] = normal_parts(-size);
    let size = if density > 1e-290 { size + (below - tail) / density } else { size };
    if centred < 0.0 { -size } else { size }
}

/// m(t)/√(2π) for 0 ≤ t ≤ 8, to 2^-53. All terms are positive.
#[inline(always)]
fn near_ratio(t: f64) -> f64 {
    let s = t * t;
    let numerator = (0.5
        + s * (0.432_482_158_047_264_1
            + s * (0.049_866_818_527_145_28 + s * (0.001_245_756_388_810_893_6 + s * 3.797_152_680_706_523e-6))))
        + t * (0.658_192_382_853_396_8
            + s * (0.178_426_470_508_958_5 + s * (0.009_609_502_058_944_097 + s * 9.965_510_677_882_632e-5)));
    let denominator = (1.0
        + s * (2.051_907_169_095_614_8
            + s * (0.470_841_628_149_327_1 + s * (0.024_337_267_466_405_035 + s * 2.497_983_280_583_179e-4))))
        + t * (2.114_269_326_509_66
            + s * (1.202_864_848_453_409_2
                + s * (0.128_100_833_974_645_03 + s * (0.003_132_165_460_965_441_7 + s * 9.518_050_033_177_704e-6))));
    numerator / denominator
}

/// m(t)/√(2π) for t ≥ 8, to 2^-55.
#[inline(always)]
fn far_ratio(t: f64) -> f64 {
    let u = 1.0 / (t * t);
    let numerator = 0.398_942_280_401_432_5
        + u * (12.398_433_794_319_818
            + u * (107.902_499_267_638_55 + u * (266.459_964_828_333_6 + u * 89.746_407_918_434_33)));
    let denominator = 1.0
        + u * (32.078_264_709_981_16
            + u * (299.549_720_279_164_83 + u * (886.231_007_182_064_4 + u * 588.716_970_633_625_7)));
    numerator / (denominator * t)
}

fn rational(x: f64, coefficients: &[[f64; 8]; 2]) -> f64 {
    let [numerator, denominator] = coefficients.each_ref().map(|c| c.iter().rev().fold(0.0, |sum, &c| sum * x + c));
    numerator / denominator
}

const CENTRE: [[f64; 8]; 2] = [
    [
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ],
    [
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_854,
    ],
];
const MIDDLE: [[f64; 8]; 2] = [
    [
        1.423_437_110_749_683_6,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        0.022_723_844_989_269_184,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        0.015_198_666_563_616_457,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
];
const FAR: [[f64; 8]; 2] = [
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        0.296_560_571_828_504_87,
        0.026_532_189_526_576_124,
        0.001_242_660_947_388_078_4,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        0.599_832_206_555_888,
        0.136_929_880_922_735_8,
        0.014_875_361_290_850_615,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_7e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
];
