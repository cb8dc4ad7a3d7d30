"""What people can do: plain functions, stores first; knows neither Flask nor a driver."""
