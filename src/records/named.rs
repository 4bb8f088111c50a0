/// An enum whose members have names, listed in order. In a serde format that is read by people they go by these names.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident, $count:literal: $($(#[$of:meta])* $member:ident = $text:literal,)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[repr(u8)]
        pub enum $name { $($(#[$of])* #[serde(rename = $text)] $member,)* }

        impl $name {
            /// Every member with its name, in order.
            pub const ALL: [(&'static str, $name); $count] = [$(($text, $name::$member),)*];

            /// Every name, in order.
            pub const NAMES: [&'static str; $count] = [$($text,)*];

            /// The name in the tables and lists.
            pub const fn name(self) -> &'static str {
                Self::ALL[self as usize].0
            }

            /// The member of that name; `None` where there is none.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find_map(|(of, member)| (of == name).then_some(member))
            }
        }
    };
}

pub(super) use named;
