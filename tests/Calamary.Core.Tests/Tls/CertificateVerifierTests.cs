using Calamary.Core.Tls;
using Microsoft.Extensions.Time.Testing;

namespace Calamary.Core.Tests.Tls;

public sealed class CertificateVerifierTests : IDisposable
{
    private const CertificateFaults Expired = CertificateFaults.Expired, Untrusted = CertificateFaults.Untrusted,
        Mismatch = CertificateFaults.Mismatch, SelfSigned = CertificateFaults.SelfSigned;

    private static readonly DateTimeOffset Now = TestIssuer.Now;

    private readonly FakeTimeProvider _time = new(Now);
    private readonly TestIssuer _root = TestIssuer.Root();
    private readonly TestIssuer _sub;
    private readonly CertificateVerifier _verifier;

    public CertificateVerifierTests()
    {
        _sub = _root.Sub("Sub");
        _verifier = new CertificateVerifier([_root.Public], _time, system: []);
    }

    public void Dispose() => _verifier.Dispose();

    [Fact]
    public async Task What_is_right_is_valid()
    {
        await AssertAsync(0, "valid CN=a.example", _sub.Leaf("a.example"), "a.example", _sub);
        await AssertAsync(0, "valid CN=root.example", _root.Leaf("root.example"), "root.example");
        await AssertAsync(0, "valid CN=any", _sub.Leaf("any", new() { Names = ["*.b.example"] }), "x.b.example", _sub);
        await AssertAsync(0, "valid CN=address", _sub.Leaf("address", new() { Addresses = ["192.0.2.1"] }), "192.0.2.1", _sub);
    }

    [Fact]
    public async Task The_systems_authorities_count_as_well()
    {
        using var verifier = new CertificateVerifier(null, _time, system: [_root.Public]);
        Assert.True((await verifier.VerifyAsync(_sub.Leaf("a.example").Public, [_sub.Public], "a.example")).Check.IsValid);
    }

    [Fact]
    public void The_system_has_authorities() => Assert.NotEmpty(TrustAnchors.ReadSystem());

    [Fact]
    public async Task Order_and_what_is_too_much_do_not_matter()
    {
        var (one, two) = (_root.Sub("One"), TestIssuer.Root("Stranger"));
        var lower = one.Sub("Two");
        await AssertAsync(0, "valid CN=a.example", lower.Leaf("a.example"), "a.example", two, lower, _root, one);
    }

    [Fact]
    public async Task Dates()
    {
        await AssertAsync(Expired, "expired 2026-05-30 CN=a.example",
            _sub.Leaf("a.example", new() { Names = ["a.example"], To = Now.AddDays(-2) }), "a.example", _sub);
        await AssertAsync(Expired, "not valid before 2026-06-03 CN=a.example",
            _sub.Leaf("a.example", new() { Names = ["a.example"], From = Now.AddDays(2) }), "a.example", _sub);
        var old = _root.Sub("Old", new() { To = Now.AddDays(-1) });
        await AssertAsync(Expired, "expired 2026-05-31 (issuer Old) CN=a.example", old.Leaf("a.example"), "a.example", old);
    }

    [Fact]
    public async Task Names()
    {
        await AssertAsync(Mismatch, "mismatch CN=a.example for b.example", _sub.Leaf("a.example"), "b.example", _sub);
        await AssertAsync(Mismatch, "mismatch CN=a.example for a.example", _sub.Leaf("a.example", new()), "a.example", _sub);
        await AssertAsync(Mismatch, "mismatch CN=a.example for 192.0.2.1", _sub.Leaf("a.example"), "192.0.2.1", _sub);
    }

    [Fact]
    public async Task Chains_that_lead_nowhere()
    {
        await AssertAsync(Untrusted, "untrusted CN=a.example issuer Sub", _sub.Leaf("a.example"), "a.example");
        var stranger = TestIssuer.Root("Stranger");
        await AssertAsync(Untrusted, "untrusted CN=a.example issuer Stranger", stranger.Leaf("a.example"), "a.example");
        await AssertAsync(Untrusted, "untrusted CN=a.example issuer Stranger", stranger.Leaf("a.example"), "a.example", stranger);
        var namesake = TestIssuer.Root("Root");
        await AssertAsync(Untrusted, null, namesake.Leaf("a.example"), "a.example", namesake);
        await AssertAsync(Untrusted, null, namesake.Leaf("a.example"), "a.example");
    }

    [Fact]
    public async Task Signed_by_itself()
    {
        var own = TestIssuer.SelfSigned("a.example", new() { Names = ["a.example"] });
        await AssertAsync(SelfSigned | Untrusted, "selfsigned CN=a.example", own, "a.example");
        await AssertAsync(SelfSigned | Untrusted | Mismatch, "mismatch and selfsigned CN=a.example for b.example", own, "b.example");
        using var verifier = new CertificateVerifier([own.Public], _time, system: []);
        Assert.True((await verifier.VerifyAsync(own.Public, [], "a.example")).Check.IsValid);
    }

    [Fact]
    public async Task What_breaks_the_rules_of_its_chain()
    {
        await AssertAsync(Untrusted, null, _sub.Leaf("a.example", new() { Names = ["a.example"], Forged = true }), "a.example", _sub);
        await AssertAsync(Untrusted, "untrusted (NotValidForUsage) CN=a.example issuer Sub",
            _sub.Leaf("a.example", new() { Names = ["a.example"], Usage = ChainPolicies.ClientAuthentication }), "a.example", _sub);
        await AssertAsync(0, null, _sub.Leaf("a.example", new() { Names = ["a.example"], Usage = ChainPolicies.ServerAuthentication }), "a.example", _sub);
        var constrained = _root.Sub("Constrained", new() { PermittedName = "b.example" });
        await AssertAsync(Untrusted, null, constrained.Leaf("a.example"), "a.example", constrained);
        await AssertAsync(0, null, constrained.Leaf("b.example"), "b.example", constrained);
        var leaf = _sub.Leaf("a.example");
        await AssertAsync(Untrusted, null, leaf.Leaf("b.example"), "b.example", leaf, _sub);
    }

    [Fact]
    public async Task Of_two_ways_to_a_root_one_must_be_right()
    {
        var other = TestIssuer.Root("Other");
        await AssertAsync(0, null, _sub.Leaf("a.example"), "a.example", other.CrossSign(_sub), _sub);
        await AssertAsync(0, null, _sub.Leaf("a.example"), "a.example", _sub, other.CrossSign(_sub));
        // As with many real chains: the root itself, signed by an older one that has expired.
        var old = TestIssuer.Root("Old").CrossSign(_root, new() { To = Now.AddDays(-1) });
        await AssertAsync(0, null, _sub.Leaf("a.example"), "a.example", _sub, old);
    }

    [Fact]
    public async Task All_faults_are_told()
    {
        var stranger = TestIssuer.Root("Stranger");
        await AssertAsync(Expired | Untrusted | Mismatch, "expired 2026-05-30 and mismatch and untrusted CN=a.example for b.example issuer Stranger",
            stranger.Leaf("a.example", new() { Names = ["a.example"], To = Now.AddDays(-2) }), "b.example");
        await AssertAsync(Expired | Untrusted | SelfSigned | Mismatch, "expired 2026-05-30 and mismatch and selfsigned CN=a.example for b.example",
            TestIssuer.SelfSigned("a.example", new() { Names = ["a.example"], To = Now.AddDays(-2) }), "b.example");
    }

    [Fact]
    public async Task Words_are_bounded()
    {
        var name = string.Join('.', Enumerable.Repeat(new string('a', 60), 4));
        var check = await AssertAsync(Untrusted | Mismatch, null, TestIssuer.Root(new string('r', 64)).Leaf(new string('b', 64), new()), name);
        Assert.Equal(CertificateText.MaxLength, check.Description.Length);
    }

    [Fact]
    public async Task Answers_are_remembered_until_a_date_changes_them()
    {
        var leaf = _sub.Leaf("a.example", new() { Names = ["a.example"], To = Now.AddMinutes(5) });
        var first = await AssertAsync(0, null, leaf, "a.example", _sub);
        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.Same(first, await CheckAsync(leaf, "a.example", _sub));
        _time.Advance(TimeSpan.FromMinutes(1.1));
        var second = await AssertAsync(Expired, null, leaf, "a.example", _sub);
        Assert.Same(second, await CheckAsync(leaf, "a.example", _sub));
        _time.Advance(CertificateVerifier.BadFor);
        Assert.NotSame(second, await CheckAsync(leaf, "a.example", _sub));
        Assert.NotSame(second, await CheckAsync(leaf, "b.example", _sub));
        Assert.Equal(2, _verifier.Count);
    }

    private async Task<CertificateCheck> AssertAsync(CertificateFaults faults, string? description, TestIssuer leaf, string name, params TestIssuer[] sent)
    {
        var check = await CheckAsync(leaf, name, sent);
        Assert.Equal((faults, false), (check.Faults, check.IsUnreachable));
        if (description is not null) Assert.Equal(description, check.Description);
        return check;
    }

    private async Task<CertificateCheck> CheckAsync(TestIssuer leaf, string name, params TestIssuer[] sent) =>
        (await _verifier.VerifyAsync(leaf.Public, [.. sent.Select(s => s.Public)], name)).Check;
}
