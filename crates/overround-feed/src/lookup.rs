//! A hash map that cannot be iterated.

use core::borrow::Borrow;
use core::fmt;
use core::hash::Hash;

#[expect(
    clippy::disallowed_types,
    reason = "the one hash map of the crate: it has fixed seeds and this module offers no iteration, so its order is never seen"
)]
type Inner<K, V> = std::collections::HashMap<K, V, ahash::RandomState>;

/// Finds values by key, and nothing else: no iteration, so no answer can depend on the order of a hash map.
#[derive(Clone)]
pub(crate) struct LookupMap<K, V>(Inner<K, V>);

impl<K: Eq + Hash, V> LookupMap<K, V> {
    pub(crate) fn new() -> Self {
        Self::seeded(0)
    }

    /// With hashes that a seed decides.
    pub(crate) fn seeded(seed: u64) -> Self {
        // The seed is the caller's: no random source is read here. The hashes differ between processors and never leave this map.
        let hasher = ahash::RandomState::with_seeds(
            0x243f_6a88_85a3_08d3 ^ seed,
            0x1319_8a2e_0370_7344,
            0xa409_3822_299f_31d0,
            0x082e_fa98_ec4e_6c89,
        );
        Self(Inner::with_hasher(hasher))
    }

    pub(crate) fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.0.get(key)
    }

    pub(crate) fn remove<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.0.remove(key)
    }

    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.0.insert(key, value)
    }
}

impl<K: Eq + Hash, V> Default for LookupMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> fmt::Debug for LookupMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Its entries have no order to be shown in.
        write!(f, "LookupMap({} entries)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::LookupMap;

    #[test]
    fn finds_by_the_borrowed_form_what_was_put_in() {
        let mut map: LookupMap<Box<str>, u32> = LookupMap::new();
        assert_eq!(map.insert("pinnacle".into(), 1), None);
        assert_eq!(map.insert("pinnacle".into(), 2), Some(1));
        assert_eq!(map.get("pinnacle"), Some(&2));
        assert_eq!(map.get("kalshi"), None);
    }
}
