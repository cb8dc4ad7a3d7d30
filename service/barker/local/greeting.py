"""What is printed when all is up: the address, and what to try."""

GREETING = """
Barker runs at {address}

Open {address} in a browser and sign up.

Every call: {address}/docs. To try some of them in a second terminal:

  A={address}; JSON='Content-Type: application/json'
  come_in() {{ for door in users sessions; do
    curl -s $A/v1/$door -H "$JSON" -d '{{"handle": "'$1'", "password": "'$1'-likes-dogs"}}'
  done | grep -o '"token": *"[^"]*' | head -n 1 | cut -d '"' -f 4; }}
  ADA="Authorization: Bearer $(come_in ada)"; BOB="Authorization: Bearer $(come_in bob)"
  curl -s -X PUT $A/v1/me/following/ada -H "$BOB"                            # bob follows ada
  curl -sN $A/v1/stream -H "$BOB" & sleep 2                                  # bob listens
  curl -s $A/v1/barks -H "$ADA" -H "$JSON" -d '{{"text": "Hello, world"}}'     # ada barks
  sleep 1; curl -s $A/v1/feed -H "$BOB"                                      # bob reads

Ctrl-C stops everything. Data is kept in {data}, logs are in {data}/logs.
"""


def greeting(address: str, data: object) -> str:
    """The words for one running service."""
    return GREETING.format(address=address, data=data)
