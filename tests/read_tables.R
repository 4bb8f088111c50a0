# The tables of a run as base R reads them: types, quotes and letters as they are.
#
# Usage: Rscript tests/read_tables.R DIR
#
# DIR holds the CSV and the JSONL tables of `parallax compare seeds`.

folder <- commandArgs(trailingOnly = TRUE)[1]
stopifnot(!is.na(folder))

# The function that docs/r.md gives.
guide <- readLines("docs/r.md", encoding = "UTF-8")
fences <- grep("^```", guide)
eval(parse(text = guide[(fences[1] + 1):(fences[2] - 1)], encoding = "UTF-8"))

run <- paste(readLines(file.path(folder, "run.json"), encoding = "UTF-8"), collapse = "\n")
count <- function(name) as.integer(sub(paste0('.*"', name, '": ([0-9]+).*'), "\\1", run))

articles <- read_table(folder, "articles")
sentences <- read_table(folder, "sentences")
claims <- read_table(folder, "claims")
comparisons <- read_table(folder, "comparisons")
framing <- read_table(folder, "framing")
coverage <- read_table(folder, "coverage")
outlets <- read_table(folder, "outlets")

# As many rows as the run says that it wrote: no quote or line break in a text splits a row.
stopifnot(nrow(articles) == count("articles"), nrow(sentences) == count("sentences"))
stopifnot(nrow(claims) == count("claims"), nrow(comparisons) == count("comparisons"))

# Types; an id of digits stays as it is.
stopifnot(is.character(articles$article_id))
stopifnot(is.integer(sentences$start_char), is.integer(sentences$end_char), is.numeric(sentences$sentiment))
stopifnot(is.character(sentences$text), is.logical(sentences$anonymous_source), is.numeric(framing$salience))
stopifnot(is.integer(coverage$n_sentences), is.numeric(outlets$estimate) || all(is.na(outlets$estimate)))

# Texts are those of the JSONL file, to the letter; and offsets count their letters.
lines <- readLines(file.path(folder, "sentences.jsonl"), encoding = "UTF-8")
text_of <- function(line) {
  text <- sub('.*"text":"((?:[^"\\\\]|\\\\.)*)".*', "\\1", line, perl = TRUE)
  gsub("\\\\(.)", "\\1", text, perl = TRUE)
}
texts <- vapply(lines, text_of, "", USE.NAMES = FALSE)
plain <- !grepl("\\\\[nrtu]", lines)
Encoding(texts) <- "UTF-8"
stopifnot(sum(plain) > 50, identical(enc2utf8(texts[plain]), enc2utf8(sentences$text[plain])))
stopifnot(any(grepl("\"", sentences$text, fixed = TRUE) | grepl("\u201c", sentences$text, fixed = TRUE)))
own <- sentences$end_char - sentences$start_char
stopifnot(mean(nchar(sentences$text) == own) > 0.95)

# Tables fit each other.
stopifnot(all(comparisons$claim_id %in% claims$claim_id), all(framing$sentence_id_a %in% sentences$sentence_id))
stopifnot(all(comparisons$text_a == sentences$text[match(comparisons$sentence_id_a, sentences$sentence_id)]))

cat(nrow(claims), "claims,", nrow(comparisons), "comparisons,", nrow(framing), "differences read by", R.version.string, "\n")
