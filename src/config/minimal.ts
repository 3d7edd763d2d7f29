/** The least a sources file needs, shown to whoever has none yet. */
export const MINIMAL_EXAMPLE = `sources:
  - name: my-app
    vendor: tencent
    region: cn
    sdkAppId: 1400000001
    identifier: administrator
    secretKey: \${TENCENT_SECRET_KEY}
    discover:
      allGroups: true

(All keys: rollcall.example.yaml. To look around without an account at a vendor: rollcall demo)`
