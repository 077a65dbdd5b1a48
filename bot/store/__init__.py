"""The database: schema and everything that speaks SQL."""
