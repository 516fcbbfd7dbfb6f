//! What the benches share: workloads (the same seed gives the same odds events on every machine), the touch limit, what is parsed for
//! comparison, ways of measuring.

pub mod delta;
pub mod digests;
pub mod machine;
pub mod measure;
pub mod play;
mod random;
pub mod readme;
pub mod touch;
pub mod workload;

pub use random::SplitMix;
pub use workload::{By, Choice, Shape, Spec, config, with_profiles};
