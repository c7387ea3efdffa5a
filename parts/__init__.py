"""Building blocks that pages and callbacks share."""
