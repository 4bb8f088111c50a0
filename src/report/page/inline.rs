//! What makes a page of one file that fetches nothing and runs nothing of an article.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

/// How a Content Security Policy names an inline script or style.
pub(crate) fn source_hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}

/// A policy that allows one script, one style and no connection.
pub(crate) fn policy(script: &str, style: &str) -> String {
    let (script, style) = (source_hash(script), source_hash(style));
    format!(
        "default-src 'none'; script-src '{script}'; style-src '{style}'; base-uri 'none'; form-action 'none'"
    )
}

/// JSON that an HTML parser cannot leave: no tag, no comment and no entity begins in it. What is escaped can only stand inside
/// strings, where JSON reads the escape as the character.
pub(crate) fn inside_html(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for char in json.chars() {
        match char {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                safe.push_str(&format!("\\u{:04x}", u32::from(char)))
            }
            _ => safe.push(char),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn json_in_the_page_is_the_same_json_and_holds_no_markup(text in "(?s).{0,40}(</script>|<!--|&lt;|\u{2028}|]]>)?.{0,20}") {
            let json = serde_json::to_string(&text).unwrap();
            let safe = inside_html(&json);
            let unsafe_chars = ['<', '>', '&', '\u{2028}', '\u{2029}'];
            prop_assert!(!safe.contains(unsafe_chars), "{safe}");
            prop_assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), text);
        }
    }
}
