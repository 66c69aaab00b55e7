-- The name of a text at its place: a review of it holds for this text there, and for no other.
CREATE OR REPLACE TEMP MACRO text_key(instrument, assessment_id, place, part, text) AS
    sha256(concat_ws(chr(31), instrument, assessment_id, coalesce(place, ''), part, trim(nfc_normalize(text))));
