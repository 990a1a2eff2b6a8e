"""The identity-verification load that follows from who is live when: demand, queues, waits.

A person proves who they are once and every later service reuses it, so the load depends on the order in
which services connect. Demand comes from go-live days; queues receive arrays and never draw.
"""
