package sqldb

// Server is a PostgreSQL database that holds the homes of many organisations under forced row security.
type Server struct{}
