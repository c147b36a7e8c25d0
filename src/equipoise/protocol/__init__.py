"""The protocol of a study: its document by ICH M11, written from the design, checked, compared, and exported."""
