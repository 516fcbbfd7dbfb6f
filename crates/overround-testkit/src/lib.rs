//! Generators, naive models and comparison harnesses for overround's own tests.

pub mod cases;
pub mod compare;
pub mod edge;
pub mod fuzz;
pub mod minimise;
pub mod naive;
pub mod random;
pub mod scenario;
pub mod transform;
pub mod world;
