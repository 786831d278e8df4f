using System.Globalization;
using Alumia.Lab.Storage;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Offline.Stripe;

/// <summary>The stand-in's payment page. Plain HTML: Stripe's page is another site, and has no part in the lab's circuit.</summary>
public sealed partial class StripePayPage(IServiceProvider services, IDbContextFactory<LabDbContext> contexts, NavigationManager navigation)
{
    private PayView? _page;
    private string? _refusal;

    [Parameter] public string SessionId { get; set; } = "";

    [SupplyParameterFromForm] public string? Number { get; set; }

    [CascadingParameter] public HttpContext Context { get; set; } = null!;

    protected override async Task OnInitializedAsync()
    {
        await using var db = contexts.CreateDbContext();
        if (await db.Set<StripeObject>().SingleOrDefaultAsync(row => row.Id == SessionId && row.Kind == StripeShapes.Session, Context.RequestAborted) is { } row)
            _page = PayView.Of(row);
        else
            Context.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    private async Task PayAsync()
    {
        if (_page is null)
            return;
        _refusal = await services.GetRequiredService<StripePayments>().PayAsync(SessionId, Number, Context.RequestAborted);
        if (_refusal is null)
            navigation.NavigateTo(_page.GoTo);
    }

    /// <summary>What the page shows. Ways back are paths: both sites have one address here.</summary>
    private sealed record PayView(string Amount, bool IsOpen, string BackTo, string GoTo)
    {
        public static PayView Of(StripeObject row)
        {
            var session = StripeStore.Read(row);
            var isOpen = session.Text("status") == "open";
            var goTo = PathOf(session.Text("success_url")!.Replace("{CHECKOUT_SESSION_ID}", row.Id, StringComparison.Ordinal));
            var backTo = session.Text("status") == "complete" ? goTo : PathOf(session.Text("cancel_url") ?? "/");
            return new PayView((session.Number("amount_total") / 100m).ToString("$#,##0.00", CultureInfo.InvariantCulture), isOpen, backTo, goTo);
        }

        private static string PathOf(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri.PathAndQuery : address;
    }
}
